package meter

import "sync"

// blocksOnLine is how many blocks there are: one that is filled, and some for each goroutine to be ahead
// of the next one.
const blocksOnLine = 5

// An assemblyLine measures blocks in goroutines: each channel in one, and both together in another. Each
// takes the blocks in their order and shares nothing but them with the others. So the measurements do not
// depend on how far one is ahead.
type assemblyLine struct {
	layout   layout
	made     int
	free     chan *block
	filled   [2]chan *block // to each channel
	measured [2]chan *block // from it
	running  sync.WaitGroup
}

// startLine starts the goroutines, which end with assemblyLine.end.
func (m *Meter) startLine() *assemblyLine {
	l := &assemblyLine{layout: m.layout, made: 1, free: make(chan *block, blocksOnLine)}
	for c := range m.channels {
		l.filled[c], l.measured[c] = make(chan *block, blocksOnLine), make(chan *block, blocksOnLine)
		l.running.Go(func() {
			defer close(l.measured[c])
			for b := range l.filled[c] {
				m.ch[c].take(b, c)
				l.measured[c] <- b
			}
		})
	}
	l.running.Go(func() {
		for b := range l.measured[0] {
			if m.pair != nil {
				<-l.measured[1] // the same block
				m.pair.take(b, m.layout)
			}
			l.free <- b
		}
	})
	return l
}

// exchange hands on a block that is full, and gives one to fill.
func (l *assemblyLine) exchange(full *block) *block {
	for c := range l.layout.channels {
		l.filled[c] <- full
	}
	if l.made < blocksOnLine && len(l.free) == 0 {
		l.made++
		return l.layout.block()
	}
	b := <-l.free
	b.n = 0
	return b
}

// end waits until all blocks are measured.
func (l *assemblyLine) end() {
	for c := range l.layout.channels {
		close(l.filled[c])
	}
	l.running.Wait()
}
