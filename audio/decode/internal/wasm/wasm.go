// Package wasm runs decoders that are written in C and compiled to WebAssembly.
//
// A decoder of a lossy format is a large program for bytes that anybody may have written. Inside
// WebAssembly a fault of it stays inside: it reaches its own memory and nothing else, for it is given
// no function of the outside, and an access beyond its memory ends the call with an error.
//
//	var program = wasm.New("minimp3", binary) // costs nothing until the first Start
//	…
//	d, err := program.Start()                 // a decoder with a memory that is its own alone
//	defer d.Close()
//	at, err := d.Call(d.Func("input"))
//	in, err := d.Bytes(at, 1024)              // to write to, until the next call
//	…
//	n, err := d.Call(d.Func("decode"), 1024)
//
// The runtime is wazero. On amd64 (with SSE 4.1) and arm64 under Linux, macOS, Windows, FreeBSD and
// NetBSD it makes machine code, once a process and program. Elsewhere it interprets, which is slower
// some seventy times.
package wasm

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// pageBytes is the unit of WebAssembly's memory.
const pageBytes = 64 << 10

// MaxMemory is how many bytes of memory a decoder can have.
const MaxMemory = 4 << 20

// Program is a decoder that can be started any number of times, at once too. Its machine code is made
// at the first start and kept as long as the process lives.
type Program struct {
	name    string
	machine func() (machine, error)
}

type machine struct {
	runtime wazero.Runtime
	code    wazero.CompiledModule
}

// New takes a program in WebAssembly's binary form, which imports nothing and has a memory. The name
// is for errors.
func New(name string, binary []byte) *Program {
	return &Program{name: name, machine: sync.OnceValues(func() (machine, error) {
		ctx := context.Background()
		config := wazero.NewRuntimeConfig().WithMemoryLimitPages(MaxMemory / pageBytes).WithDebugInfoEnabled(false)
		m := machine{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
		var err error
		if m.code, err = m.runtime.CompileModule(ctx, binary); err != nil {
			return machine{}, fmt.Errorf("compiling the decoder %s: %w", name, err)
		}
		return m, nil
	})}
}

// Start begins a run of the program with a memory of its own. An instance that is dropped without
// Close is closed by the garbage collector, for a reader of a recording has no Close either.
func (p *Program) Start() (*Instance, error) {
	m, err := p.machine()
	if err != nil {
		return nil, err
	}
	module, err := m.runtime.InstantiateModule(context.Background(), m.code, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("starting the decoder %s: %w", p.name, err)
	}
	i := &Instance{name: p.name, module: module}
	i.cleanup = runtime.AddCleanup(i, closeModule, module)
	return i, nil
}

func closeModule(m api.Module) { _ = m.Close(context.Background()) }

// Instance is one run of a program. It is not safe for concurrent use.
type Instance struct {
	name    string
	module  api.Module
	cleanup runtime.Cleanup
	stack   [maxValues]uint64
}

// maxValues is how many parameters a function may have.
const maxValues = 8

// Func is a function that the program exports.
type Func struct {
	f       api.Function
	results int
}

// Func finds a function. It panics where the program has none of that name: the program is part of
// this one.
func (i *Instance) Func(name string) Func {
	f := i.module.ExportedFunction(name)
	if f == nil {
		panic(fmt.Sprintf("the decoder %s exports no %s", i.name, name))
	}
	return Func{f, len(f.Definition().ResultTypes())}
}

// Call calls a function with up to eight 32-bit integers, and returns the first 32-bit integer that it
// gives, or 0. After an error, which is a fault of the program, the instance is good for Close alone.
func (i *Instance) Call(f Func, params ...int32) (int32, error) {
	for k, p := range params {
		i.stack[k] = api.EncodeI32(p)
	}
	err := f.f.CallWithStack(context.Background(), i.stack[:])
	runtime.KeepAlive(i) // the collector must not close it under the call
	if err != nil {
		return 0, fmt.Errorf("the decoder %s failed: %w", i.name, err)
	}
	if f.results == 0 {
		return 0, nil
	}
	return api.DecodeI32(i.stack[0]), nil
}

// Bytes is a part of the program's memory, to read and write until the next call.
func (i *Instance) Bytes(at, n int32) ([]byte, error) {
	b, ok := i.module.Memory().Read(uint32(at), uint32(n))
	if !ok {
		return nil, fmt.Errorf("the decoder %s has no %d bytes of memory at %d", i.name, n, at)
	}
	return b, nil
}

// Close gives the memory back. A second Close does nothing.
func (i *Instance) Close() {
	i.cleanup.Stop()
	closeModule(i.module)
}
