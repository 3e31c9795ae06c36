// Package fmqconfig reads what FileMQ's tools are configured by: files in ZPL,
// as the Guide shows them, or in TOML with the same names; and the command line.
//
// Sections are the calls of an API, and are executed in their order: publish
// publishes a directory, subscribe subscribes to a path, bind binds, though
// always last; echo, in any section, prints a text. What is shipped
// (defaults.zpl) holds where a user's file says nothing, and the command line
// goes before both. Each value knows where it came from.
//
// A mistake is told with file, line and column, with the line itself and with
// advice. Passwords are in no message.
package fmqconfig
