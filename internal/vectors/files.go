package vectors

import (
	"fmt"
	"slices"

	"github.com/ehealth-bcp/ehealth-bcp/drill"
)

// Folders are the parts of testdata that belong to this package: what it does not write there is stale.
var Folders = []string{"pki", "catalogues", "vectors"}

// IndexName is the file that lists the vectors, for runners that cannot list a folder.
const IndexName = "index.json"

// Index is the content of IndexName: the folders below vectors, sorted.
type Index struct {
	Vectors []string `json:"vectors"`
}

// Files returns the content of testdata by its path there: the same bytes on every call.
//
// Errors: a mistake in a scenario of this package.
func Files() (files map[string][]byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("vectors: %v", r)
		}
	}()
	k := newKit()
	files = k.files
	putPKI(files, k)
	putCatalogues(files, k)
	var index Index
	for _, s := range scenarios(k) {
		s.write(files)
		index.Vectors = append(index.Vectors, s.name)
	}
	slices.Sort(index.Vectors)
	put(files, IndexName, marshal(index))
	return files, nil
}

func scenarios(k *kit) []scenario {
	return slices.Concat(
		lawful(k),
		input(k), encoding(k), wellFormed(k), limits(k), floods(k),
		shape(k), references(k), algorithms(k), wrapping(k), tampering(k),
		anchors(k), keyInfos(k), signers(k), revocation(k), xades(k),
		schema(k), lint(k), acceptance(k), answers(),
		failovers(k), caches(k), keys(k), tidings(k), guidance(k),
	)
}

// putPKI writes the certificates that serve as anchors, and the signer for tests that sign on their own.
func putPKI(files map[string][]byte, k *kit) {
	put(files, "pki/root.pem", drill.PEM(k.pki.Root))
	put(files, "pki/issuing.pem", drill.PEM(k.pki.Issuing))
	put(files, "pki/foreign-root.pem", drill.PEM(k.foreign.Root))
	put(files, "pki/foreign-issuing.pem", drill.PEM(k.foreign.Issuing))
	put(files, "pki/signer-chain.pem", drill.PEM(k.pki.Signer.Chain...))
	key, err := drill.StoredKeyPEM("signer")
	must(err)
	put(files, "pki/signer.key.pem", key)
}

// putCatalogues writes good lists of a realistic size, each with its .sha2.
func putCatalogues(files map[string][]byte, k *kit) {
	recovered := drill.Sample(2)
	recovered.IssueInstant = recovered.IssueInstant.AddDate(0, 0, 1)
	for _, s := range []string{"insurability:v2", "memberdata:v1"} {
		must(recovered.Switch("uddi:ehealth-fgov-be:business:"+s, 1))
	}
	cached := drill.Sample(2)
	must(cached.SetCache("uddi:ehealth-fgov-be:business:insurability:v2", drill.SampleCache("ENDPOINT_FIRST", "PT8H")))
	must(cached.SetCache("uddi:ehealth-fgov-be:business:etkdepot:v1", drill.SampleCache("CACHE_FIRST", "P1D")))
	acceptation := drill.Sample(1)
	acceptation.Environment = "Acceptation"
	for name, l := range map[string]drill.List{
		"v1": drill.Sample(1), "v2": drill.Sample(2), "v2-cache": cached, "v2-recovery": recovered,
		"v1-acceptation": acceptation,
	} {
		catalogue := k.sign(l)
		put(files, "catalogues/"+name+".xml", catalogue)
		put(files, "catalogues/"+name+".sha2", drill.SHA2(catalogue))
	}
}
