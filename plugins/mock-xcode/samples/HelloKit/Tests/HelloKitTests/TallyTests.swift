import Testing

@testable import HelloKit

@Suite("Tally")
struct TallyTests {
    @Test func startsEmpty() {
        #expect(Tally().total == 0)
    }

    @Test("Adds up", arguments: [[1], [1, 2], [1, 2, 3]])
    func addsUp(values: [Int]) {
        let tally = Tally(values)
        #expect(tally.values.count == values.count)
        #expect(tally.total >= values.count)
    }

    @Test func averages() {
        #expect(Tally([2, 4]).mean == 3.0)
    }
}
