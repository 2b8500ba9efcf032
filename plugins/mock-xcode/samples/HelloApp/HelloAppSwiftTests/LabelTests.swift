import Testing

@testable import HelloApp

@Suite("Labels")
struct LabelTests {
    @Test func singular() {
        var counter = Counter(step: 1)
        counter.increase()
        #expect(counter.label == "1 hello")
    }

    @Test("Plural", arguments: [2, 3, 10])
    func plural(step: Int) {
        var counter = Counter(step: step)
        counter.increase()
        #expect(counter.label == "\(step) hellos")
    }

    @Test(.disabled("translations are not ready"))
    func translated() {
        Issue.record("not translated")
    }
}
