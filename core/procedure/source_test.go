package procedure

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ehealth-bcp/ehealth-bcp/internal/corpus"
)

// How many sentences the page has, by topic.
var sentencesOfThePage = map[string]int{
	"Authentication": 5, "Insurability": 5, "Member data": 3, "Tarification": 3, "Mediprima": 3,
	"Chapter IV, consultation": 3, "Chapter IV, request": 3, "Known recipient": 4, "Unknown recipient": 3,
	"Hub documents": 3, "Vaccination status": 3, "SumEHR": 3, "Prescription": 3, "eAttest": 3,
}

// Each sentence of the platform's page has a text that is there, or a reason why it has none.
func TestEverySentenceOfThePageHasAPlace(t *testing.T) {
	text, err := os.ReadFile("../../docs/procedures.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "| sentence of the page | text |\n|--|--|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	pointer := regexp.MustCompile("`([a-z0-9-]+)\\.([A-Za-z]+)\\[(\\d+)\\]`")
	ordinal := regexp.MustCompile(`^\| (?:\*\*(.+)\*\* )?(\d+): `)
	rows, topic, counted := strings.Split(table, "\n"), "", map[string]int{}
	for _, row := range rows {
		heads := ordinal.FindStringSubmatch(row)
		require.NotNil(t, heads, row)
		if heads[1] != "" {
			topic = heads[1]
		}
		counted[topic]++
		require.Equal(t, strconv.Itoa(counted[topic]), heads[2], "the sentences of a topic in order: %s", row)
		targets := pointer.FindAllStringSubmatch(row, -1)
		if len(targets) == 0 {
			require.Contains(t, row, "| none: ", row)
		}
		for _, target := range targets {
			index, err := strconv.Atoi(target[3])
			require.NoError(t, err)
			for _, lang := range languages {
				require.Less(t, index, len(textNamed(t, target[1], target[2])[lang]), "%s in %s", target[0], lang)
			}
		}
	}
	require.Equal(t, sentencesOfThePage, counted, "a row each")

	pages, err := filepath.Glob(corpus.Dir(t, "seeds", "004_*.txt"))
	require.NoError(t, err)
	require.Len(t, pages, 1)
	page, err := os.ReadFile(pages[0])
	require.NoError(t, err)
	_, body, found := strings.Cut(string(page), "Authentification lors de la connexion\n")
	require.True(t, found)
	sentences := 0
	for _, paragraph := range strings.Split(body, "\n") {
		if ends := len(regexp.MustCompile(`\.( |$)`).FindAllString(strings.TrimSpace(paragraph), -1)); ends > 0 {
			sentences += ends
		} else if strings.HasPrefix(paragraph, "Si ") {
			sentences++ // the last one lacks its full stop
		}
	}
	require.Equal(t, sentences, len(rows), "one row a sentence")
}

func textNamed(t *testing.T, functionality, kind string) Sentences {
	t.Helper()
	book := Default()
	if functionality == "defaults" {
		return book.defaults[kind]
	}
	f, err := book.find(functionality)
	require.NoError(t, err)
	return f.Texts[kind]
}
