package evidence

import (
	"encoding/gob"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/otoscope/otoscope/audio/measurement"
	"github.com/otoscope/otoscope/verify/declare"
)

func TestZZLost(t *testing.T) {
	var bases []struct {
		File, Left string
		M          measurement.Measurements
	}
	f, err := os.Open("/tmp/bench/bases.gob")
	if err != nil {
		t.Skip()
	}
	gob.NewDecoder(f).Decode(&bases)
	dec := 0
	for _, a := range bases {
		sgn := 1.0
		if a.Left == "agent" {
			sgn = -1
		}
		items := Weigh(&a.M, declare.Facts{}, Builtin())
		left := reading{m: &a.M, turns: a.M.Turns()}
		right := left
		right.customerRight = true
		tt := turnTaking(Builtin().TurnTaking)
		op := opening(Builtin().Opening, Builtin().Rates)
		eo, et := (op.support(left)-op.support(right))*sgn, (tt.support(left)-tt.support(right))*sgn
		g, ok := left.greeting()
		l, r := turnsOf(left.turns)
		total := Sum(items) * sgn
		mark := ""
		if math.Abs(total) >= 1.9956 {
			mark = "*"
			dec++
		}
		rest := ""
		for _, i := range items {
			if !i.FromTiming() {
				rest += fmt.Sprintf(" %s %.1f", i.Name, i.Log10LR*sgn)
			}
		}
		fmt.Printf("%-16s %s%5.2f open %5.2f turn %5.2f C %5.2f turns %d/%d | ok %v own %.1f firstword %.2f at %.2f talk %.1f reply %.1f gap %.2f join %.1f lateGreets %v begins %v alone %v first %v othersS %.1f %s\n", filepath.Base(a.File), mark, total, eo, et, conversation(&a.M, 0), l, r, ok, sgn, g.firstWord, g.turn.Start, g.turn.TalkS, g.replyS, g.replyGap, g.joinS, g.lateGreets, g.begins, g.alone, g.otherFirst, g.othersS, rest)
	}
	fmt.Println(dec)
}
