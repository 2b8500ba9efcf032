import SwiftUI

@main
struct HelloApp: App {
    @State private var counter = Counter(step: 1)

    var body: some Scene {
        WindowGroup {
            CounterView(counter: $counter)
        }
    }
}
