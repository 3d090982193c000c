package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// stalledAfter is how long a receiver of a stream may take nothing before it is cut off.
const stalledAfter = time.Minute

// stream writes an answer of any length. The bound of the server on a whole answer gives way to one on each piece, so
// that a slow receiver gets all of it, and one that has stopped taking it holds nothing for long.
type stream struct {
	answer  *echo.Response
	control *http.ResponseController
}

func newStream(c echo.Context, contentType string) stream {
	c.Response().Header().Set(echo.HeaderContentType, contentType)
	c.Response().WriteHeader(http.StatusOK)
	return stream{c.Response(), http.NewResponseController(c.Response())}
}

func (s stream) Write(b []byte) (int, error) {
	_ = s.control.SetWriteDeadline(time.Now().Add(stalledAfter)) // where none can be set, the server's holds
	return s.answer.Write(b)
}
