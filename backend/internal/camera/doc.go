// Package camera runs cameras: pictures on demand, streams, and stills kept over time.
//
// A kind opens a Source, which gives pictures as JPEG. A Camera shares it: whoever asks at the same time gets the same
// picture, all viewers of a stream share one grab, which begins with the first and ends with the last of them, and each
// gets the newest picture rather than a queue. A camera that nobody looks at takes no memory and asks nothing of its device
// but a picture every few minutes, to know whether it is there.
//
// The lifecycle is that of package controller. Stills of a timelapse are kept by package reel.
package camera
