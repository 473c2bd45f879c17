// Package library reads of a shared library, of any system, what it asks of
// the system that loads it.
package library

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Needs is what a library asks for.
type Needs struct {
	// OS and CPU are Node's names for the platform.
	OS  string `json:"os"`
	CPU string `json:"cpu"`
	// Libraries are the files that have to be there, sorted.
	Libraries []string `json:"libraries"`
	// Symbols are those that have to be found, sorted; with their version
	// after an @ where the system has versions.
	Symbols []string `json:"symbols"`
	// Pinned is whether the file itself keeps the system from unloading it.
	Pinned bool `json:"pinned"`
}

// Read reads a file. Its error is for people, and does not name the file.
func Read(file string) (*Needs, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 4)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, errors.New("it is too short for a library")
	}
	var n *Needs
	switch {
	case bytes.Equal(head, []byte(elf.ELFMAG)):
		n, err = readELF(f)
	case bytes.Equal(head[:2], []byte("MZ")):
		n, err = readPE(f)
	case slices.Contains(machoHeads, string(head)):
		n, err = readMachO(f)
	default:
		return nil, errors.New("it is no library of Linux, macOS or Windows")
	}
	if err != nil {
		return nil, err
	}
	slices.Sort(n.Libraries)
	slices.Sort(n.Symbols)
	n.Symbols = slices.Compact(n.Symbols)
	return n, nil
}

func readELF(r io.ReaderAt) (*Needs, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return nil, err
	}
	n := &Needs{OS: "linux", CPU: cpuOf(f.Machine, map[elf.Machine]string{elf.EM_X86_64: "x64", elf.EM_AARCH64: "arm64"})}
	if n.Libraries, err = f.ImportedLibraries(); err != nil {
		return nil, err
	}
	symbols, err := f.ImportedSymbols()
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return nil, err
	}
	for _, s := range symbols {
		n.Symbols = append(n.Symbols, versioned(s.Name, s.Version))
	}
	flags, err := f.DynValue(elf.DT_FLAGS_1)
	if err != nil {
		return nil, err
	}
	n.Pinned = len(flags) > 0 && elf.DynFlag1(flags[0])&elf.DF_1_NODELETE != 0
	return n, nil
}

func versioned(name, version string) string {
	if version == "" {
		return name
	}
	return name + "@" + version
}

func readPE(r io.ReaderAt) (*Needs, error) {
	f, err := pe.NewFile(r)
	if err != nil {
		return nil, err
	}
	n := &Needs{OS: "win32", CPU: cpuOf(f.Machine, map[uint16]string{pe.IMAGE_FILE_MACHINE_AMD64: "x64", pe.IMAGE_FILE_MACHINE_ARM64: "arm64"})}
	symbols, err := f.ImportedSymbols() // "name:library"
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		name, from, _ := strings.Cut(s, ":")
		n.Symbols = append(n.Symbols, name)
		n.Libraries = append(n.Libraries, strings.ToLower(from))
	}
	slices.Sort(n.Libraries)
	n.Libraries = slices.Compact(n.Libraries)
	return n, nil
}

// Of 64 bits, little-endian and big-endian.
var machoHeads = []string{"\xcf\xfa\xed\xfe", "\xfe\xed\xfa\xcf"}

func readMachO(r io.ReaderAt) (*Needs, error) {
	f, err := macho.NewFile(r)
	if err != nil {
		return nil, err
	}
	n := &Needs{OS: "darwin", CPU: cpuOf(f.Cpu, map[macho.Cpu]string{macho.CpuAmd64: "x64", macho.CpuArm64: "arm64"})}
	if n.Libraries, err = f.ImportedLibraries(); err != nil {
		return nil, err
	}
	n.Symbols, err = f.ImportedSymbols()
	return n, err
}

// cpuOf is Node's name for a processor, or Go's for one that no addon is
// built for.
func cpuOf[T comparable](machine T, known map[T]string) string {
	if name, ok := known[machine]; ok {
		return name
	}
	return fmt.Sprint(machine)
}
