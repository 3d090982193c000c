// Package picture looks into pictures that strangers send: it says what they are, takes out what they tell about their
// maker (place, camera, comments), and makes small ones of them. What it keeps of a picture it keeps byte by byte; only
// thumbnails are drawn anew.
//
// How a photo is to be turned is the one thing that is told by its metadata and must not be lost: a JPEG that is turned
// gets a note of 32 bytes that says that and nothing else, which every browser follows.
package picture
