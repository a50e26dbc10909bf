package wasm

import (
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// section is a section of a module (WebAssembly Core Specification 2.0, 5.5.2), list a vector of parts.
func section(id byte, body []byte) []byte { return append([]byte{id, byte(len(body))}, body...) }

func list(parts ...string) []byte {
	return append([]byte{byte(len(parts))}, strings.Join(parts, "")...)
}

func named(name, what string) string { return string(rune(len(name))) + name + what }

// specimen exports a page of memory and four functions: sum of two, keep (stores its parameter at byte
// 16), kept (what is there) and far, which reads beyond the memory.
func specimen() []byte {
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00"),
		section(1, list("\x60\x02\x7F\x7F\x01\x7F", "\x60\x01\x7F\x00", "\x60\x00\x01\x7F")),
		section(3, list("\x00", "\x01", "\x02", "\x02")),
		section(5, list("\x01\x01\x01")),
		section(7, list(named("memory", "\x02\x00"), named("sum", "\x00\x00"), named("keep", "\x00\x01"),
			named("kept", "\x00\x02"), named("far", "\x00\x03"))),
		section(10, list(
			"\x07\x00\x20\x00\x20\x01\x6A\x0B",
			"\x09\x00\x41\x10\x20\x00\x36\x02\x00\x0B",
			"\x07\x00\x41\x10\x28\x02\x00\x0B",
			"\x07\x00\x41\x78\x28\x02\x00\x0B")))
}

func started(t *testing.T, p *Program) *Instance {
	t.Helper()
	i, err := p.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.Close)
	return i
}

func TestACallGivesWhatTheProgramComputes(t *testing.T) {
	i := started(t, New("specimen", specimen()))
	sum := i.Func("sum")
	for _, c := range [][3]int32{{1, 2, 3}, {-5, 2, -3}, {1 << 30, 1 << 30, -1 << 31}} {
		if got, err := i.Call(sum, c[0], c[1]); err != nil || got != c[2] {
			t.Errorf("%d + %d is %d, %v", c[0], c[1], got, err)
		}
	}
	if allocated := testing.AllocsPerRun(100, func() { _, _ = i.Call(sum, 1, 2) }); allocated != 0 {
		t.Errorf("a call allocates %v times", allocated)
	}
}

func TestInstancesShareNoMemory(t *testing.T) {
	p := New("specimen", specimen())
	var all sync.WaitGroup
	for n := range int32(8) {
		i := started(t, p)
		all.Go(func() {
			for range 100 {
				if got, err := i.Call(i.Func("keep"), n); err != nil || got != 0 {
					t.Errorf("keep gives %d, %v", got, err)
				}
				b, err := i.Bytes(16, 4)
				if err != nil || binary.LittleEndian.Uint32(b) != uint32(n) {
					t.Errorf("memory of %d holds %v, %v", n, b, err)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestWhatIsWrittenToTheMemoryIsThere(t *testing.T) {
	i := started(t, New("specimen", specimen()))
	b, err := i.Bytes(16, 4)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(b, 77)
	if got, err := i.Call(i.Func("kept")); err != nil || got != 77 {
		t.Errorf("kept gives %d, %v", got, err)
	}
}

func TestAnAccessBeyondTheMemoryIsAnError(t *testing.T) {
	i := started(t, New("specimen", specimen()))
	if got, err := i.Call(i.Func("far")); err == nil || !strings.Contains(err.Error(), "the decoder specimen failed") {
		t.Errorf("far gives %d, %v", got, err)
	}
	for _, c := range [][2]int32{{pageBytes, 1}, {0, pageBytes + 1}, {-1, 1}, {0, -1}} {
		if b, err := i.Bytes(c[0], c[1]); err == nil {
			t.Errorf("%d bytes at %d are there", len(b), c[0])
		}
	}
}

func TestAProgramThatIsNoneIsAnErrorAtEachStart(t *testing.T) {
	p := New("specimen", []byte("no program"))
	for range 2 {
		if _, err := p.Start(); err == nil || !strings.Contains(err.Error(), "compiling the decoder specimen") {
			t.Errorf("the error is %v", err)
		}
	}
}

// Readers of recordings have no Close, and many are left before their end.
func TestAnInstanceThatIsDroppedIsClosed(t *testing.T) {
	p := New("specimen", specimen())
	i, err := p.Start()
	if err != nil {
		t.Fatal(err)
	}
	module := i.module
	if module.IsClosed() {
		t.Fatal("closed from the start")
	}
	i = nil
	for range 100 {
		runtime.GC()
		if module.IsClosed() {
			return
		}
		runtime.Gosched()
	}
	t.Error("it is still open")
}

func TestASecondCloseDoesNothing(t *testing.T) {
	i := started(t, New("specimen", specimen()))
	i.Close()
	i.Close()
}
