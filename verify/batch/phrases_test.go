package batch

import (
	"os"
	"path/filepath"
	"testing"
)

// The phrases of a row, or of the command line, count where the row is judged. A list that
// changes is weighed again; one that is gone makes a finding.
func TestPhrasesOfRows(t *testing.T) {
	onEach(t, func(t *testing.T, target string) {
		s := open(t, target)
		dir := prompts(t)
		text, err := os.ReadFile("../../testdata/transcript-straight.json")
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, dir, "said.json", string(text))
		writeFile(t, dir, "ours.tsv", "# name: ours\nagent\tnorthline parcels\n")
		writeFile(t, dir, "all.tsv", "# name: all\nagent\tlook it up\n")
		csv := "id,recording,transcript,phrases\nown,call-straight.wav,said.json,ours.tsv\nplain,call-straight.wav,said.json,\n"
		list := func(id string) string {
			t.Helper()
			for _, name := range []string{"en-1+ours2", "en-1+ours", "en-1+all", "en-1"} {
				if count(t, s, `SELECT count(*) FROM otoscope_details d JOIN otoscope_rows r ON r.row_key = d.row_key WHERE r.id = ? AND CAST(d.verdict AS text) LIKE ?`, id, `%"list":"`+name+`"%`) > 0 {
					return name
				}
			}
			return ""
		}
		run(t, s, manifestIn(t, dir, csv), ReadOptions{}, fast(fetcher(t)))
		if own, plain := list("own"), list("plain"); own != "en-1+ours" || plain != "en-1" {
			t.Errorf("the rows are weighed by %q and %q", own, plain)
		}

		o := ReadOptions{}
		o.Defaults.Phrases = filepath.Join(dir, "all.tsv")
		writeFile(t, dir, "ours.tsv", "# name: ours2\nagent\tnorthline parcels limited\n")
		run(t, s, manifestIn(t, dir, csv), o, fast(fetcher(t)))
		if own, plain := list("own"), list("plain"); own != "en-1+ours2" || plain != "en-1+all" {
			t.Errorf("with another list the rows are weighed by %q and %q", own, plain)
		}
	})
}

// What is no list is an error of its row.
func TestAListThatCannotBeReadIsAnErrorOfItsRow(t *testing.T) {
	dir := prompts(t)
	writeFile(t, dir, "bad.tsv", "agnet\thello\n")
	m := manifestIn(t, dir, "id,recording,phrases\n1,call-straight.wav,bad.tsv\n2,call-straight.wav,gone.tsv\n3,call-straight.wav,../other.tsv\n4,call-straight.wav,\n")
	s := open(t, filepath.Join(dir, "results.db"))
	run(t, s, m, ReadOptions{}, fast(fetcher(t)))
	for id, want := range map[string]string{"1": "agnet", "2": "no such file", "3": "--allow-paths"} {
		if n := count(t, s, `SELECT count(*) FROM otoscope_details d JOIN otoscope_rows r ON r.row_key = d.row_key WHERE r.id = ? AND CAST(d.verdict AS text) LIKE ?`, id, "%"+want+"%"); n != 1 {
			t.Errorf("row %s does not say %q", id, want)
		}
	}
}
