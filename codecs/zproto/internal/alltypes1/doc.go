// Package alltypes1 is generated from a model in the first encoding (wire="1"). Its tests are tests of the
// generator's Go template.
package alltypes1

//go:generate go run ../../../cmd/zproto go alltypes1.xml
