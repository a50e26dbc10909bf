package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/decode"
	"github.com/otoscope/otoscope/audio/decode/decodetest"
)

// decodeAlone is the program otoscope-decode: it decodes a file and drops the samples.
func decodeAlone() {
	f, err := os.Open(os.Args[1])
	if err == nil {
		var r decode.Reader
		left, right := make([]float32, 4096), make([]float32, 4096)
		for r, err = decode.NewReader(f, decode.Options{}); err == nil; {
			_, err = r.Read(left, right)
		}
	}
	if err != io.EOF {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// A comparison is one recording, what is done with it, and the programs that do as much. FILE in their words is the
// recording.
type comparison struct {
	name  string
	make  []string // of half-hour.wav; its last word is the file
	own   string
	peers []string
}

// comparisons are those of the manual's page on performance.
func comparisons() []comparison {
	const (
		whole  = "otoscope verify --brief FILE"
		alone  = "otoscope-decode FILE"
		stats  = "sox FILE -n stats"
		ffmpeg = "ffmpeg -nostdin -v error -threads 1 -i FILE -f null -"
	)
	mp3 := []string{whole, "mpg123 -q -t FILE", ffmpeg}
	return []comparison{
		{"WAV 8 kHz, measured", nil, whole, []string{stats}},
		{"WAV 16 kHz, measured", []string{"sox", "half-hour.wav", "-r", "16000", "16.wav"}, whole, []string{stats}},
		{"WAV 48 kHz, measured", []string{"sox", "half-hour.wav", "-r", "48000", "48.wav"}, whole, []string{stats}},
		{"FLAC 8 kHz, decoded", []string{"flac", "-s", "half-hour.wav", "-o", "8.flac"}, alone, []string{whole, "flac -t -s FILE", ffmpeg}},
		{"MP3 8 kHz 32 kb/s, decoded", []string{"lame", "--quiet", "-b", "32", "half-hour.wav", "8.mp3"}, alone, mp3},
		{"MP3 8 kHz variable, decoded", []string{"lame", "--quiet", "-V", "5", "half-hour.wav", "v.mp3"}, alone, mp3},
		{"MP3 44.1 kHz 128 kb/s, decoded", []string{"lame", "--quiet", "-b", "128", "--resample", "44.1", "half-hour.wav", "44.mp3"}, alone, mp3},
		{"Opus 8 kHz 32 kb/s, decoded", []string{"opusenc", "--quiet", "--bitrate", "32", "half-hour.wav", "8.opus"}, alone,
			[]string{whole, "opusdec --quiet --force-wav FILE " + os.DevNull, ffmpeg}},
	}
}

// BenchmarkPeers compares the processor time of whole processes, otoscope and its peers in turn, on half an hour of two
// channels: otoscope-s is otoscope's median, x-realtime that as a speed, and of-PROGRAM the median of the ratios to
// a peer's time; of-otoscope is the share of decoding in verifying. A peer that is not installed is left out, and said.
func BenchmarkPeers(b *testing.B) {
	b.Setenv("GOMAXPROCS", "1")
	const seconds, times = 1800, 53
	dir := b.TempDir()
	wav := filepath.Join(dir, "half-hour.wav")
	if err := os.WriteFile(wav, decodetest.Lengthened(b, "../../testdata/call-straight.wav", 0, times), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, c := range comparisons() {
		b.Run(c.name, func(b *testing.B) {
			file := wav
			if c.make != nil {
				file = filepath.Join(dir, c.make[len(c.make)-1])
				processorTime(b, dir, c.make)
			}
			times := make([][]float64, 1+len(c.peers))
			for b.Loop() {
				for i, line := range append([]string{c.own}, c.peers...) {
					words := strings.Fields(line)
					words[slices.Index(words, "FILE")] = file
					if _, err := exec.LookPath(words[0]); err != nil {
						if len(times[0]) == 1 {
							b.Logf("%s is not installed", words[0])
						}
						continue
					}
					times[i] = append(times[i], processorTime(b, dir, words))
				}
			}
			own := median(times[0])
			b.ReportMetric(own, "otoscope-s")
			b.ReportMetric(seconds/own, "x-realtime")
			for i, peer := range c.peers {
				if theirs := times[1+i]; len(theirs) > 0 {
					ratios := slices.Clone(times[0])
					for k := range ratios {
						ratios[k] /= theirs[k]
					}
					b.ReportMetric(median(ratios), "of-"+strings.Fields(peer)[0])
				}
			}
			b.ReportMetric(0, "ns/op") // the sum of all
		})
	}
}

// processorTime runs a program and gives its user and system time in seconds. It skips where there is no such program.
func processorTime(b *testing.B, dir string, words []string) float64 {
	b.Helper()
	program, err := exec.LookPath(words[0])
	if err != nil {
		b.Skipf("%s is not installed", words[0])
	}
	cmd := exec.CommandContext(b.Context(), program, words[1:]...)
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v: %s", words, err, said)
	}
	return (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}
