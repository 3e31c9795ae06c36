// Package bench compares the project's codecs with those that other serializers make for the same content. It is a module
// of its own so that nobody who uses the codecs sees what it depends on.
//
// Draft: this package may change.
package bench
