package core

// Version is the version of the package; a test holds it to package.json.
const Version = "0.1.0"
