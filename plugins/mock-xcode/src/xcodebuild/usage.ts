export const usage = `Usage: xcodebuild [-project <projectname>] [[-target <targetname>]...|-alltargets] [-configuration <configurationname>] [<buildaction>]...
       xcodebuild [-project <projectname>|-workspace <workspacename>] -scheme <schemeName> [-destination <destinationspecifier>]... [<buildaction>]...
       xcodebuild -version
       xcodebuild -list [[-project <projectname>]|[-workspace <workspacename>]] [-json]
       xcodebuild -showsdks [-json]

This is mock Xcode: it understands every option of Xcode 26 and performs those that build, test and ask.
`
