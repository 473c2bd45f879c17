package jet

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// place is where the suite runs; each test has topics of its own.
type place struct {
	bus backend.Bus
}

var topicCount atomic.Int64

// topic makes a new topic, with a name that has all that names may have.
func (p *place) topic(t testing.TB, limits *backend.Limits) backend.Topic {
	t.Helper()
	return topicOf(t, p.bus, newName(t), limits)
}

func newName(t testing.TB) string {
	name := t.Name()[strings.LastIndex(t.Name(), "/")+1:]
	return "A.b_c-" + name + "." + string(rune('a'+topicCount.Add(1)%26)) + strings.Repeat("x", int(topicCount.Load()%7))
}

var suite = []struct {
	name string
	test func(*testing.T, *place)
}{
	{"NumbersGoUpWithoutGaps", testNumbers},
	{"HeadersAndDataComeBack", testHeaders},
	{"ForeignEventsComeThrough", testForeign},
	{"AnIDIsStoredOnce", testDuplicate},
	{"TooLargeIsRefusedBeforeAnythingIsSent", testTooLarge},
	{"TheLargestEventFits", testLargest},
	{"TopicsAreListedAndDeleted", testTopics},
	{"LimitsAreKeptAndUpdated", testLimits},
	{"CancelledPublishTellsTheCause", testCancelledPublish},
	{"PostsAreStoredInOrder", testPosts},
	{"PostsBeyondAllBoundsAreRefused", testOverload},
	{"AFailedPostIsToldOnce", testFailedPost},
	{"ReadGivesPages", testRead},
	{"PlainStartsWhereItShould", testStarts},
	{"PlainSeesWhatComesLater", testNew},
	{"PlainWaitsForANumberToCome", testBeyondEnd},
	{"PlainTellsOfLostEventsOnce", testLost},
	{"PlainGivesNoPageWithAGap", testGap},
	{"PlainSkipsLostEvents", testSkipLost},
	{"PlainWithSmallAndLargeEventsIsBounded", testLargeEvents},
	{"PlainEndsWhenTheTopicIsDeleted", testTopicGone},
	{"PlainGoesOnAfterItsConsumerWasDeleted", testConsumerGone},
	{"PlainKeepsItsConsumer", testConsumerStays},
	{"WaitEndsWithItsContext", testWaitCancelled},
	{"GroupGivesEachEventToOneMember", testGroupShares},
	{"GroupRedeliversAfterAckWait", testAckWait},
	{"GroupKeepsAliveWhatWaitsInAMember", testKeepAlive},
	{"GroupRedeliversAfterNak", testNak},
	{"GroupGetsBackWhatAClosedMemberHeld", testMemberClose},
	{"GroupMemberThatClosesGetsNothingMore", testClosedMemberIsOut},
	{"GroupMemberThatIsCalledOffTakesNothing", testCalledOff},
	{"GroupMemberHoldsNoMoreThanItMay", testMaxInFlight},
	{"GroupMemberGivesBackASurplus", testSurplus},
	{"GroupGoesOnWhereItIs", testGroupPosition},
	{"GroupTakesANewAckWait", testNewAckWait},
	{"GroupEndsWhenItIsDeleted", testGroupGone},
	{"GroupFiguresAreTrue", testGroupStats},
	{"RestoreKeepsNumbersAndTimes", testRestore},
	{"RestoreRefusesGaps", testRestoreGap},
	{"RestoreNoticesForeignEvents", testRestoreForeign},
	{"RestoreIsRemovedUnlessCommitted", testRestoreClosed},
	{"RestoreIntoAnEmptiedTopicGoesBack", testRestoreBack},
}

func runSuite(t *testing.T, p *place) {
	for _, s := range suite {
		t.Run(s.name, func(t *testing.T) { s.test(t, p) })
	}
}

func TestEmbedded(t *testing.T) {
	b := openDir(t, t.TempDir())
	defer closeAll(t, b)
	runSuite(t, &place{b})
}

func TestSyncAlways(t *testing.T) {
	b, err := OpenDir(t.Context(), DirOptions{Dir: t.TempDir(), SyncAlways: true})
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(t, b)
	testNumbers(t, &place{b})
	testGroupShares(t, &place{b})
}
