import XCTest

@testable import HelloApp

final class CounterTests: XCTestCase {
    func testStartsAtZero() {
        XCTAssertEqual(Counter(step: 1).value, 0)
    }

    func testIncreasesByItsStep() {
        var counter = Counter(step: 2)
        counter.increase()
        counter.increase()
        XCTAssertEqual(counter.value, 4, "two steps of two")
    }

    func testNeverFallsBelowZero() {
        var counter = Counter(step: 5)
        counter.decrease()
        XCTAssertGreaterThanOrEqual(counter.value, 0)
    }

    func testRotation() throws {
        throw XCTSkip("needs a device with a gyroscope")
    }
}
