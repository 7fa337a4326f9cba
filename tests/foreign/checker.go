// Checker checks an exported headstamp log, or a proof, with the transparency log code of the
// Go project: golang.org/x/mod/sumdb/note for signed notes, golang.org/x/mod/sumdb/tlog for
// tiles, trees and proofs. Written from docs/evidence-format.md; the tests hold it against the
// two checkers of headstamp. Build: see tests/foreign/build.sh.
//
//	checker [-key KEY] [-keys FILE] [-against FILE]... FOLDER|PROOF
//
// Exit code 0: nothing is wrong; 9: something is, and the first such thing is told; 2: a wrong call.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type wrong string

func fail(format string, args ...any) { panic(wrong(fmt.Sprintf(format, args...))) }

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

// Base64 in its one spelling.
func unbase64(text string) []byte {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(data) != text {
		fail("not base64 in its one spelling: %.60q", text)
	}
	return data
}

func hashOf(text string) (hash tlog.Hash) {
	data := unbase64(text)
	if len(data) != tlog.HashSize {
		fail("a hash of %d bytes", len(data))
	}
	copy(hash[:], data)
	return hash
}

// --- files ---

func open(folder, path string) *os.File {
	full := filepath.Join(folder, filepath.FromSlash(path))
	info, err := os.Lstat(full)
	if err != nil || !info.Mode().IsRegular() {
		fail("%s is missing, or no plain file", path)
	}
	file, err := os.Open(full)
	must(err)
	return file
}

func read(folder, path string) []byte {
	file := open(folder, path)
	defer file.Close()
	data, err := io.ReadAll(file)
	must(err)
	return data
}

func lines(folder, path string) [][]byte {
	all := bytes.Split(read(folder, path), []byte("\n"))
	if len(all[len(all)-1]) != 0 {
		fail("%s is cut short", path)
	}
	return all[:len(all)-1]
}

// The paths of all files and links below a folder.
func below(folder, top string, found map[string]bool) {
	root := filepath.Join(folder, top)
	if _, err := os.Lstat(root); os.IsNotExist(err) {
		return
	}
	must(filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, _ := filepath.Rel(folder, path)
			found[filepath.ToSlash(name)] = true
		}
		return err
	}))
}

// --- canonical JSON (RFC 8785) of texts, whole numbers, lists and objects ---

func write(out *bytes.Buffer, value any) {
	switch value := value.(type) {
	case string:
		out.WriteByte('"')
		for _, char := range value {
			if at := strings.IndexRune("\"\\\b\f\n\r\t", char); at >= 0 {
				out.WriteString("\\" + `"\bfnrt`[at:at+1])
			} else if char < 0x20 {
				fmt.Fprintf(out, `\u%04x`, char)
			} else {
				out.WriteRune(char)
			}
		}
		out.WriteByte('"')
	case json.Number:
		wholeText(value.String())
		out.WriteString(value.String())
	case []any:
		for at, one := range value {
			out.WriteByte("[,"[min(at, 1)])
			write(out, one)
		}
		out.WriteString("[]"[min(len(value), 1):])
	case map[string]any:
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys) // all our keys are ASCII
		for at, key := range keys {
			out.WriteByte("{,"[min(at, 1)])
			write(out, key)
			out.WriteByte(':')
			write(out, value[key])
		}
		out.WriteString("{}"[min(len(keys), 1):])
	default:
		fail("JSON of a sort that is never written here")
	}
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func canonical(data []byte) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	must(decoder.Decode(&value))
	var out bytes.Buffer
	write(&out, value)
	if !bytes.Equal(out.Bytes(), data) {
		fail("not canonical JSON: %.60q", data)
	}
	return value
}

func keyed(data []byte, keys string) map[string]any {
	value, ok := canonical(data).(map[string]any)
	names := strings.Fields(keys)
	for _, name := range names {
		_, there := value[name]
		ok = ok && there
	}
	if !ok || len(value) != len(names) {
		fail("not an object with the keys %s", keys)
	}
	return value
}

func text(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	fail("text is expected, not %v", value)
	return ""
}

func whole(value any) int64 {
	number, ok := value.(json.Number)
	if !ok {
		fail("a whole number is expected, not %v", value)
	}
	n, err := number.Int64()
	must(err)
	if n >= 1<<53 {
		fail("a whole number that is not exact in JSON: %d", n)
	}
	return n
}

// --- keys, notes, checkpoints, entries ---

var (
	prime    = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	small, _ = new(big.Int).SetString("5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95ff26", 16)
)

func readKey(vkey string) note.Verifier {
	verifier, err := note.NewVerifier(vkey)
	must(err)
	if parts := strings.SplitN(vkey, "+", 3); parts[1] != fmt.Sprintf("%08x", verifier.KeyHash()) {
		fail("the key does not fit its id")
	} else {
		// A point of small order: anybody can sign with it, and so can deny to have signed.
		point := unbase64(parts[2])[1:]
		for at := 0; at < 16; at++ { // the highest byte first, without its sign
			point[at], point[31-at] = point[31-at], point[at]
		}
		point[0] &= 0x7f
		y := new(big.Int).SetBytes(point)
		if negative := new(big.Int).Sub(prime, y); negative.Sign() <= 0 || y.BitLen() < 2 ||
			negative.BitLen() < 2 || y.Cmp(small) == 0 || negative.Cmp(small) == 0 {
			fail("this is no public key: anybody could sign with it")
		}
	}
	return verifier
}

// A key of the log, and the sizes from which and to which its checkpoints count.
type logKey struct {
	note.Verifier
	text     string
	from, to int64
}

// The lines of a signed note, and which of these keys have signed it (by their text).
func openNote(data []byte, keys []logKey) ([]string, map[string]bool) {
	known := make([]note.Verifier, len(keys))
	for at, key := range keys {
		known[at] = key.Verifier
	}
	opened, err := note.Open(data, note.VerifierList(known...))
	must(err)
	signed := map[string]bool{}
	// note.Open reads base64 with odd spare bits, and the first signature of a key only.
	for _, line := range strings.Split(strings.TrimSuffix(string(data[len(opened.Text)+1:]), "\n"), "\n") {
		parts := strings.SplitN(strings.TrimPrefix(line, "— "), " ", 2) // note.Open has seen two
		proof := unbase64(parts[1])
		for _, key := range keys {
			if parts[0] == key.Name() && binary.BigEndian.Uint32(proof) == key.KeyHash() {
				if !key.Verify([]byte(opened.Text), proof[4:]) {
					fail("a signature of the log's key does not fit")
				}
				signed[key.text] = true
			}
		}
	}
	return strings.Split(strings.TrimSuffix(opened.Text, "\n"), "\n"), signed
}

var number = regexp.MustCompile(`^(0|[1-9][0-9]{0,15})$`)

func wholeText(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !number.MatchString(text) {
		fail("not a whole number: %q", text)
	}
	return n
}

// The keys of a log: its first, and those that followed it by the notes of changes. The key
// that is known (or none) must lead to the newest.
func keyLine(first, known string, notes [][]byte) (keys []logKey, changes []tlog.Tree) {
	keys = []logKey{{readKey(first), first, 0, math.MaxInt64}}
	met := known == first
	for _, line := range notes {
		signed := text(canonical(line))
		told := strings.Split(signed, "\n")
		last := &keys[len(keys)-1]
		if len(told) < 7 || told[0] != "headstamp key change/1" || told[4] != last.text ||
			(told[6] != "replaced" && told[6] != "revoked") {
			fail("a key change does not follow from the key before it")
		}
		size := wholeText(told[2])
		next := logKey{readKey(told[5]), told[5], size, math.MaxInt64}
		lines, by := openNote([]byte(signed), append(append([]logKey{}, keys...), next))
		if len(lines) != 7 || told[1] != last.Name() || next.Name() != last.Name() || !by[next.text] ||
			(len(changes) > 0 && size <= changes[len(changes)-1].N) {
			fail("the key change at size %d is out of order, or not signed by the new key", size)
		}
		for _, key := range keys {
			if key.KeyHash() == next.KeyHash() {
				fail("the key change at size %d brings back a key", size)
			}
		}
		witness := ""
		if !by[last.text] {
			witness = ": an unwitnessed key change"
		}
		fmt.Printf("Note: the key was %s at size %d by %q%s\n", told[6], size, next.text, witness)
		if met && witness != "" {
			fail("nothing that you know vouches for the key since size %d: ask by another way", size)
		}
		met = met || known == next.text
		last.to = size
		keys = append(keys, next)
		changes = append(changes, tlog.Tree{N: size, Hash: hashOf(told[3])})
	}
	if known != "" && !met {
		fail("the key is not one of this log")
	}
	return keys, changes
}

func openCheckpoint(data []byte, keys []logKey) tlog.Tree {
	told, signed := openNote(data, keys)
	if len(told) != 3 || told[0] != keys[0].Name() {
		fail("this is no checkpoint of the log %s", keys[0].Name())
	}
	size := wholeText(told[1])
	for _, key := range keys {
		if signed[key.text] && (size < key.from || size > key.to) {
			fail("the checkpoint of size %d is signed by a key that counts from size %d to %d", size, key.from, key.to)
		}
	}
	return tlog.Tree{N: size, Hash: hashOf(told[2])}
}

var (
	atForm    = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}\.[0-9]{6}Z$`)
	kindForm  = regexp.MustCompile(`^[a-z][a-z0-9_-]*/[1-9][0-9]*$`)
	fieldForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	ofForm    = regexp.MustCompile(`^[^+\x00-\x20\x7f]+ (0|[1-9][0-9]{0,15})$`)
	digest    = regexp.MustCompile(`^"([0-9a-f]{64})"$`)
)

// The versions that an entry names: each once, sorted, but for the first of another log.
func checkOf(act string, of any) {
	some, ok := of.([]any)
	if !ok || len(some) == 0 {
		fail("an entry that is %q names no versions", act)
	}
	seen, before := map[string]bool{}, ""
	for at, one := range some {
		name := text(one)
		log := name[:max(0, strings.LastIndex(name, " "))]
		if !ofForm.MatchString(name) || utf8.RuneCountInString(log) > 1000 ||
			strings.IndexFunc(log, unicode.IsSpace) >= 0 || seen[name] {
			fail("an entry names %q, which is no version of a log, or names it twice", name)
		}
		seen[name] = true
		if act == "settle" || at > 0 {
			if name < before {
				fail("the versions that an entry names are out of order")
			}
			before = name
		}
	}
}

func max(a, b int) int { return a + b - min(a, b) }

func readEntry(data []byte) (id string, version int64, fields map[string]any) {
	value, _ := canonical(data).(map[string]any)
	keys := "act actor at fields id kind reason version"
	if act, _ := value["act"].(string); act == "take" || act == "hold" || act == "same" || act == "settle" {
		checkOf(act, value["of"])
		keys += " of"
	} else if act != "put" {
		fail("not an act: %v", value["act"])
	}
	entry := keyed(data, keys)
	at, actor := text(entry["at"]), text(entry["actor"])
	id, version = text(entry["id"]), whole(entry["version"])
	fields, ok := entry["fields"].(map[string]any)
	when, err := time.Parse("2006-01-02T15:04:05.000000Z", at)
	if !ok || err != nil || when.Year() < 1 || !atForm.MatchString(at) {
		fail("fields or moment of an entry are none")
	}
	if actor == "" || id == "" || version < 1 || len(data) > 65535 ||
		!kindForm.MatchString(text(entry["kind"])) {
		fail("actor, id, kind or version of an entry are none")
	}
	_ = text(entry["reason"])
	for name, commitment := range fields {
		hashOf(text(commitment))
		if !fieldForm.MatchString(name) {
			fail("an entry has no field %q", name)
		}
	}
	return id, version, fields
}

// --- the tree, made anew by tlog from the leaf hashes in the tiles of level 0 ---
//
// Not by tlog.TileHashReader: where several subtrees lie in one tile it leaves as many full tiles
// unauthenticated (golang.org/x/mod 0.7.0, sumdb/tlog/tile.go: the loop that begins at len(stx)).

type tree []tlog.Hash // by tlog.StoredHashIndex

func (t tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		found[at] = t[index]
	}
	return found, nil
}

func tilePath(tile tlog.Tile) string {
	return "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
}

// The tree of the folder, and the leaf hashes; each of its tiles is read, and expected.
func readTree(folder string, size int64, expected map[string]bool) (made tree, leaves []tlog.Hash) {
	var all []tlog.Tile
	there := map[string]bool{}
	below(folder, "tile", there)
	if size/256 > int64(len(there)) { // before a list is made of all that should be there
		fail("%d files cannot hold the tiles of %d entries", len(there), size)
	}
	for level := 0; size>>(8*level) > 0; level++ {
		for n, count := int64(0), size>>(8*level); n*256 < count; n++ {
			all = append(all, tlog.Tile{H: 8, L: level, N: n, W: min(256, int(count-n*256))})
		}
	}
	for _, tile := range all {
		if tile.L > 0 {
			continue
		}
		data := read(folder, tilePath(tile))
		if len(data) != tile.W*tlog.HashSize {
			fail("%s has another length", tilePath(tile))
		}
		for ; len(data) > 0; data = data[tlog.HashSize:] {
			var leaf tlog.Hash
			copy(leaf[:], data)
			hashes, err := tlog.StoredHashesForRecordHash(int64(len(leaves)), leaf, made)
			must(err)
			made, leaves = append(made, hashes...), append(leaves, leaf)
		}
	}
	for _, tile := range all {
		data, err := tlog.ReadTileData(tile, made)
		must(err)
		if !bytes.Equal(read(folder, tilePath(tile)), data) {
			fail("%s does not follow from the tiles below it", tilePath(tile))
		}
		expected[tilePath(tile)] = true
	}
	return made, leaves
}

func checkRoot(at tlog.Tree, size int64, made tree) {
	root := tlog.Hash(sha256.Sum256(nil))
	if at.N > size {
		fail("the log is shorter than what was signed at size %d", at.N)
	} else if at.N > 0 {
		var err error
		root, err = tlog.TreeHash(at.N, made)
		must(err)
	}
	if root != at.Hash {
		fail("what was signed at size %d is not of this log", at.N)
	}
}

// --- the whole folder (section 8) ---

const stated = "checkpoints disclosed entries format key originals withheld"

func checkFolder(folder, known string, against [][]byte) string {
	statement := keyed(bytes.Join(lines(folder, "log.json"), []byte("\n")), stated)
	if text(statement["format"]) != "headstamp-log/1" {
		fail("log.json is of another format")
	}
	var notes [][]byte
	if _, err := os.Lstat(filepath.Join(folder, "keys.jsonl")); !os.IsNotExist(err) {
		notes = lines(folder, "keys.jsonl")
	}
	keys, outside := keyLine(text(statement["key"]), known, notes)
	for _, one := range against {
		outside = append(outside, openCheckpoint(one, keys))
	}
	var past []tlog.Tree
	for _, line := range lines(folder, "checkpoints.jsonl") {
		past = append(past, openCheckpoint([]byte(text(canonical(line))), keys))
	}
	now := openCheckpoint(read(folder, "checkpoint"), keys)
	for at, one := range past {
		if at > 0 && one.N <= past[at-1].N {
			fail("the checkpoints are out of order")
		}
	}
	if len(past) == 0 || past[len(past)-1] != now || whole(statement["entries"]) != now.N {
		fail("the latest checkpoint is another")
	}
	expected := map[string]bool{}
	made, leaves := readTree(folder, now.N, expected)
	for _, one := range append(past, outside...) {
		checkRoot(one, now.N, made)
	}
	versions, withheld, skipped := map[string]int64{}, int64(0), int64(0)
	shown, originals := lines(folder, "disclosed.jsonl"), map[string]bool{}
	many, before := len(shown), ""
	for first := int64(0); first < now.N; first += 256 {
		tile := tlog.Tile{H: 8, L: 0, N: first / 256, W: min(256, int(now.N-first))}
		path := strings.Replace(tilePath(tile), "tile/0/", "tile/entries/", 1)
		bundle := read(folder, path)
		expected[path] = true
		for at, leaf := range leaves[first : first+int64(tile.W)] {
			number, fields := first+int64(at), map[string]any{}
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				fail("%s is cut short", path)
			}
			entry := bundle[2 : 2+int(binary.BigEndian.Uint16(bundle))]
			bundle = bundle[2+len(entry):]
			if len(entry) == 0 {
				withheld++
			} else {
				if tlog.RecordHash(entry) != leaf {
					fail("entry %d is not the one whose hash stands in the tree", number)
				}
				id, version, some := readEntry(entry)
				skipped, fields = skipped+version-versions[id]-1, some
				if version <= versions[id] || skipped > withheld {
					fail("entry %d: version %d of %s is out of order", number, version, id)
				}
				versions[id] = version
			}
			for before = ""; len(shown) > 0; shown = shown[1:] {
				one := keyed(shown[0], "entry field salt value")
				if whole(one["entry"]) != number {
					break
				}
				field, value, salt := text(one["field"]), text(one["value"]), unbase64(text(one["salt"]))
				sum := sha256.Sum256(append(salt, value...))
				bound, ok := fields[field].(string)
				if !ok || len(salt) != 16 || bound != base64.StdEncoding.EncodeToString(sum[:]) || field <= before {
					fail("entry %d does not bind the value shown of %q", number, field)
				}
				before = field
				if match := digest.FindStringSubmatch(value); match != nil && field == "digest" {
					originals["originals/"+match[1]] = true
				}
			}
		}
		if len(bundle) != 0 {
			fail("%s holds more than its entries", path)
		}
	}
	if len(shown) != 0 {
		fail("disclosed.jsonl shows what is not there, or is out of order")
	}
	if whole(statement["originals"]) == 0 {
		originals = map[string]bool{}
	}
	for path := range originals {
		file, sum := open(folder, path), sha256.New()
		_, err := io.Copy(sum, file)
		must(err)
		file.Close()
		if "originals/"+hex.EncodeToString(sum.Sum(nil)) != path {
			fail("%s is not the file that was put on file", path)
		}
	}
	found := map[string]bool{}
	below(folder, "tile", found)
	below(folder, "originals", found)
	for path := range found {
		if !expected[path] && !originals[path] {
			fail("%q has no reason to be there", path)
		}
	}
	for name, count := range map[string]int{"withheld": int(withheld), "checkpoints": len(past),
		"disclosed": many, "originals": len(originals)} {
		if whole(statement[name]) != int64(count) {
			fail("log.json tells of another number of %s", name)
		}
	}
	return fmt.Sprintf("%d entries, %d withheld, %d values shown, %d originals", now.N, withheld, many, len(originals))
}

// --- a proof (section 9) ---

func checkProof(data []byte, keys []logKey, against [][]byte) string {
	head, signed, _ := strings.Cut(string(data), "\n\n")
	now := openCheckpoint([]byte(signed), keys)
	told := strings.Split(head, "\n")
	number := func(line, word string) int64 {
		rest := strings.TrimPrefix(line, word+" ")
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil || line != fmt.Sprintf("%s %d", word, n) {
			fail("not a line with %s", word)
		}
		return n
	}
	var path []tlog.Hash
	if told[0] == "c2sp.org/tlog-proof@v1" && len(told) > 2 && strings.HasPrefix(told[1], "extra ") {
		for _, line := range told[3:] {
			path = append(path, hashOf(line))
		}
		entry, index := unbase64(told[1][6:]), number(told[2], "index")
		id, version, _ := readEntry(entry)
		must(tlog.CheckRecord(path, now.N, now.Hash, index, tlog.RecordHash(entry)))
		return fmt.Sprintf("entry %d, version %d of %q, stands in the log of %d", index, version, id, now.N)
	}
	old := number(told[0], "old")
	for _, line := range told[1:] {
		path = append(path, hashOf(line))
	}
	for _, kept := range against {
		if one := openCheckpoint(kept, keys); one.N == old {
			must(tlog.CheckTree(path, now.N, now.Hash, one.N, one.Hash))
			return fmt.Sprintf("the log of %d begins with that of %d", now.N, old)
		}
	}
	fail("give the checkpoint of size %d with -against", old)
	return ""
}

// Ends the program where it was called in a way in which nothing can be checked.
func called(err error) {
	if err != nil {
		fmt.Println("this cannot be checked:", err)
		os.Exit(2)
	}
}

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	defer func() {
		switch told := recover().(type) {
		case nil:
		case wrong:
			fmt.Println("WRONG:", string(told))
			os.Exit(9)
		default:
			panic(told)
		}
	}()
	var against list
	vkey := flag.String("key", "", "the log's public key, or a file that holds it")
	changes := flag.String("keys", "", "the changes of the log's key, for a proof")
	flag.Var(&against, "against", "a checkpoint kept elsewhere")
	flag.Parse()
	info, err := os.Stat(flag.Arg(0))
	called(err)
	if file, err := os.ReadFile(*vkey); err == nil {
		*vkey = strings.TrimSpace(string(file))
	}
	flag.Visit(func(given *flag.Flag) {
		if given.Name == "key" {
			_, err := note.NewVerifier(*vkey)
			called(err)
		}
	})
	var outside [][]byte
	for _, path := range against {
		file, err := os.ReadFile(path)
		called(err)
		outside = append(outside, file)
	}
	if info.IsDir() {
		fmt.Println("Nothing is wrong:", checkFolder(flag.Arg(0), *vkey, outside))
		return
	}
	first, notes := *vkey, [][]byte{}
	if *changes != "" {
		notes = lines("", *changes)
		first = strings.Split(text(canonical(notes[0])), "\n")[4]
	}
	keys, _ := keyLine(first, *vkey, notes)
	fmt.Println("Nothing is wrong:", checkProof(read("", flag.Arg(0)), keys, outside))
}
