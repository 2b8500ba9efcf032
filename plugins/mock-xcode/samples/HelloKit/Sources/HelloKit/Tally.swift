/// Counts and adds up whole numbers.
public struct Tally: Equatable, Sendable {
    public private(set) var values: [Int]

    public init(_ values: [Int] = []) {
        self.values = values
    }

    public var total: Int {
        values.reduce(0) { sum, value in sum + value }
    }

    public var mean: Double? {
        values.isEmpty ? nil : Double(total) / Double(values.count)
    }

    public mutating func add(_ value: Int) {
        values.append(value)
    }
}
