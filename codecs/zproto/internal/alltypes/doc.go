// Package alltypes is generated from a model that has every field type and every kind of fixed value. Its
// tests are the tests of the generator's Go template.
package alltypes

//go:generate go run ../../../cmd/zproto go alltypes.xml
