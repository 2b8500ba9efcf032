// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "HelloKit",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "HelloKit", targets: ["HelloKit"]),
    ],
    targets: [
        .target(name: "HelloKit"),
        .testTarget(name: "HelloKitTests", dependencies: ["HelloKit"]),
    ]
)
