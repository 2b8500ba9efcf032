import XCTest

@testable import HelloKit

final class GreeterTests: XCTestCase {
    func testGreetsByName() {
        XCTAssertEqual(Greeter().greet("Ada"), "Hello, Ada!")
    }

    func testGreetsEveryone() {
        let names = ["Ada", "Grace"]
        XCTAssertEqual(Greeter(greeting: "Hi").greet(everyone: names), "Hi, Ada and Grace!")
    }

    func testGreetsNobody() {
        XCTAssertEqual(Greeter().greet(everyone: []), "Hello, nobody!")
    }
}
