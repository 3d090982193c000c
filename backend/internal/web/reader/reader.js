// Opens the program's own OpenAPI document. Requests tried from here go to the same server, with the session of the
// person who is signed in; nothing is asked of any other host (the validator would be one).
window.SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#reader',
  deepLinking: true,
  validatorUrl: null,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
})
