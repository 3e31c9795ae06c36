// Package sasl is the part of SASL (RFC 4422) that the project's protocols use.
package sasl
