module github.com/ehealth-bcp/ehealth-bcp

go 1.26

require (
	github.com/beevik/etree v1.8.1
	github.com/russellhaering/goxmldsig v1.6.1
	github.com/stretchr/testify v1.12.1
)
