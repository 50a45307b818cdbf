// Package contract is the core behind named operations with JSON arguments: what JavaScript calls, and what the test
// vectors run natively.
//
// The reply is always JSON text: {"ok":true,"value":…} or {"ok":false,"error":{"code","detail"}}. Names are lowerCamel,
// wire enumerations as on the wire, instants and spans integer milliseconds with the unit in the name, and what is
// absent is left out. The only state is the table of open catalogues, by small-integer handle; who opens one closes it.
//
// It decides nothing: each operation decodes, calls one function of the door and encodes.
//
// Source: docs/design.md#boundary.
package contract
