// Package controller runs and supervises controllers: inputs, outputs and functions.
package controller
