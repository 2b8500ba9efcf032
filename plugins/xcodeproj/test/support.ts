import {isRchError, type RchError} from '@rch/contract'

/** A project with one of everything that moves a path: groups, SOURCE_ROOT, absolute, variables, variants, subprojects. */
export const PROJECT = String.raw`// !$*UTF8*$!
{
	archiveVersion = 1;
	objectVersion = 56;
	objects = {
		P /* Project */ = {isa = PBXProject; buildConfigurationList = L; mainGroup = G; productRefGroup = PG; projectDirPath = ""; targets = (T, TT, A, GONE, ); projectReferences = ({ProductGroup = PG; ProjectRef = SUB; }, ); attributes = {TargetAttributes = {TT = {TestTargetID = T; }; }; }; };
		G = {isa = PBXGroup; children = (SRC, SUB, CONF, LOC, VAR, ABS, LOOP, ); sourceTree = "<group>"; };
		LOOP = {isa = PBXGroup; children = (G, LOOP); path = loop; sourceTree = "<group>"; };
		SRC = {isa = PBXGroup; children = (F1, F2, F3, V); path = "Sour\"ces"; sourceTree = "<group>"; };
		F1 = {isa = PBXFileReference; lastKnownFileType = sourcecode.swift; path = "../a b/One.swift"; sourceTree = "<group>"; };
		F2 = {isa = PBXFileReference; path = Two.m; sourceTree = SOURCE_ROOT; };
		F3 = {isa = PBXFileReference; path = UIKit.framework; sourceTree = SDKROOT; };
		V = {isa = PBXVariantGroup; children = (S); name = Main.storyboard; sourceTree = "<group>"; };
		S = {isa = PBXFileReference; path = de.lproj/Main.storyboard; sourceTree = "<group>"; };
		SUB = {isa = PBXFileReference; lastKnownFileType = "wrapper.pb-project"; path = Sub/Sub.xcodeproj; sourceTree = "<group>"; };
		LOC = {isa = PBXFileReference; lastKnownFileType = wrapper; path = ../Local; sourceTree = "<group>"; };
		VAR = {isa = PBXFileReference; path = x; sourceTree = MY_ROOT; };
		ABS = {isa = PBXFileReference; path = /opt/lib.a; sourceTree = "<absolute>"; };
		CONF = {isa = PBXFileReference; path = Config/Base.xcconfig; sourceTree = "<group>"; };
		PG = {isa = PBXGroup; children = (APP); name = Products; sourceTree = "<group>"; };
		APP = {isa = PBXFileReference; path = App.app; sourceTree = BUILT_PRODUCTS_DIR; };
		T = {isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application"; buildConfigurationList = LT; buildPhases = (BP, SH, ); dependencies = (); packageProductDependencies = (PPD); };
		TT = {isa = PBXNativeTarget; name = AppTests; productType = "com.apple.product-type.bundle.unit-test"; buildConfigurationList = L; buildPhases = (); dependencies = (D, GONE); };
		A = {isa = PBXAggregateTarget; name = All; buildConfigurationList = L; buildPhases = (); dependencies = (); };
		D = {isa = PBXTargetDependency; targetProxy = PX; };
		PX = {isa = PBXContainerItemProxy; remoteGlobalIDString = T; };
		PPD = {isa = XCSwiftPackageProductDependency; productName = Lib; };
		BP = {isa = PBXSourcesBuildPhase; files = (B1, B2, GONE); };
		B1 = {isa = PBXBuildFile; fileRef = F1; settings = {COMPILER_FLAGS = "-w"; }; };
		B2 = {isa = PBXBuildFile; productRef = PPD; };
		SH = {isa = PBXShellScriptBuildPhase; name = Lint; shellPath = /bin/sh; shellScript = "echo \"hi\"\n\U00e9\n"; inputPaths = ("$(SRCROOT)/x", ); };
		L = {isa = XCConfigurationList; buildConfigurations = (C1, C2); defaultConfigurationName = Release; };
		LT = {isa = XCConfigurationList; buildConfigurations = (C3); };
		C1 = {isa = XCBuildConfiguration; name = Debug; baseConfigurationReference = CONF; buildSettings = {SDKROOT = macosx; }; };
		C2 = {isa = XCBuildConfiguration; name = Release; buildSettings = {}; };
		C3 = {isa = XCBuildConfiguration; name = Debug; buildSettings = {LIST = (a, b); }; };
		R1 = {isa = XCRemoteSwiftPackageReference; repositoryURL = "https://example.com/x.git"; requirement = {kind = exactVersion; version = 1.2.3; }; };
		R2 = {isa = XCLocalSwiftPackageReference; relativePath = Packages/Mine; };
	};
	rootObject = P /* Project object */;
}
`

/** The error that reading ends with; a test that expects one and gets a value fails. */
export function refusal(action: () => unknown): RchError {
  try {
    action()
  } catch (error) {
    if (isRchError(error)) return error
    throw error
  }
  throw new Error('read, where a refusal was expected')
}
