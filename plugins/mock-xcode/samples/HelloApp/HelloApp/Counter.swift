/// A number that goes up and down in steps and never below zero.
struct Counter: Equatable {
    private(set) var value = 0
    let step: Int

    init(step: Int) {
        self.step = step
    }

    mutating func increase() {
        value += step
    }

    mutating func decrease() {
        value = max(0, value - step)
    }

    // Say "1 hellos" and one test fails; leave out the colon and nothing builds.
    var label: String {
        value == 1 ? "1 hello" : "\(value) hellos"
    }
}
