// Package dsig checks the signature of a ServiceList.
package dsig
