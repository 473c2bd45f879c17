package guard

// A Token names one handle of one table: the slot's index in the upper 21 bits,
// its generation in the lower 32. It fits a JavaScript safe integer. The zero
// token is never valid. A token is a plain number: it may be copied, stored and
// sent anywhere, and stays harmless when stale or forged.
type Token uint64

const (
	indexBits = 21

	// MaxHandles is the number of handles that may be live at a time.
	MaxHandles = 1 << indexBits

	// maxFirstGeneration bounds the random generation that a slot starts with,
	// so that each slot serves at least 2^31 - 1 handles before it is retired.
	maxFirstGeneration = 1 << 31
	lastGeneration     = 1<<32 - 1
)

func makeToken(index, generation uint32) Token {
	return Token(index)<<generationShift | Token(generation)
}

func (t Token) index() uint64      { return uint64(t) >> generationShift }
func (t Token) generation() uint32 { return uint32(t) }

// idle returns the state word of the token's slot while it is open and no op is
// in flight.
func (t Token) idle() uint64 { return uint64(t) << generationShift }
