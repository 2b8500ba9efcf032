import SwiftUI

struct CounterView: View {
    @Binding var counter: Counter

    var body: some View {
        VStack(spacing: 24) {
            Text(counter.label)
                .font(.largeTitle)
                .accessibilityIdentifier("label")
            HStack(spacing: 16) {
                Button("Less") { counter.decrease() }
                    .disabled(counter.value == 0)
                Button("More") { counter.increase() }
                    .buttonStyle(.borderedProminent)
            }
        }
        .padding()
    }
}

#Preview {
    CounterView(counter: .constant(Counter(step: 1)))
}
