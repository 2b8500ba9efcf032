/// Says hello to people, one or many.
public struct Greeter: Sendable {
    public let greeting: String

    public init(greeting: String = "Hello") {
        self.greeting = greeting
    }

    // Leave out the comma and one test fails; leave out the quotation mark at the end and nothing builds.
    public func greet(_ name: String) -> String {
        "\(greeting), \(name)!"
    }

    public func greet(everyone names: [String]) -> String {
        guard !names.isEmpty else { return "\(greeting), nobody!" }
        return "\(greeting), \(names.joined(separator: " and "))!"
    }
}
