import Foundation
import GigaSTTDownload
import STTValues
import Testing

@Suite("Commands download and verify", .timeLimit(.minutes(2)))
struct CommandTests {
    static func download(
        _ rig: Rig, _ behaviour: String, _ arguments: [String] = [], environment: [String: String] = [:],
        fileLimit: Int? = nil, isJoined: Bool = false
    ) throws -> ChildProcess {
        let standard = [
            "download", "--model-dir", rig.folder.path, "--skip-diarization",
            "--mirror", rig.server.address(behaviour, case: rig.name),
        ]
        return try ChildProcess(
            "gigastt", standard + arguments, environment: environment, fileLimit: fileLimit, isJoined: isJoined)
    }

    /// Puts files into the folder that count as verified.
    static func install(_ selection: ModelSelection, in folder: URL) throws {
        for file in try ModelCatalog.standard.files(for: selection) {
            let url = folder.appendingPathComponent(file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            let size = if case .exactly(let count) = file.size { count } else { Int64(5) }
            try Data(count: Int(size)).write(to: url)
            let modified = Date(timeIntervalSince1970: 1_700_000_000)
            try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: url.path)
            try Data("\(file.sha256)  \(file.name)\n# size=\(size) modified=1700000000000000000\n".utf8)
                .write(to: url.appendingPathExtension("sha256"))
        }
    }

    @Test func whatIsThereIsReportedAsDoneWithoutARequest() throws {
        let rig = try Rig("plain")
        try Self.install(ModelSelection(.e2eRNNT, extras: [.voiceActivity, .punctuation, .speaker]), in: rig.folder)
        let child = try ChildProcess(
            "gigastt",
            [
                "download", "--model-dir", rig.folder.path, "--model-variant", "E2E-RNNT", "--vad", "--punctuation",
                "--speaker", "--skip-quantize", "--progress", "json",
                "--mirror", rig.server.address("plain", case: rig.name),
            ])
        #expect(child.lines() == [#"{"phase":"done","model_dir":"\#(rig.folder.path)"}"#])
        #expect(child.end() == 0)
        #expect(child.standardError.isEmpty)
        #expect(try rig.requests.isEmpty)
    }

    @Test func eachFlagChoosesWhatIsAskedFor() throws {
        let rig = try Rig("plain")
        try Self.install(ModelSelection(.rnnt), in: rig.folder)
        let missing = [
            ([], "wespeaker_resnet34.onnx"), (["--skip-diarization", "--vad"], "vad/silero_vad.onnx"),
            (["--skip-diarization", "--punctuation"], "punct/config.json and 2 more"),
            (["--skip-diarization", "--fp32"], "v3_rnnt_encoder.onnx"),
            (["--skip-diarization", "--model-variant", "ml_ctc"], "multilingual_vocab.txt and 1 more"),
        ]
        for (flags, files) in missing {
            let child = try ChildProcess("gigastt", ["download", "--offline", "--model-dir", rig.folder.path] + flags)
            #expect(child.end() == 1)
            #expect(child.standardError.contains("refusing to download \(files);"))
        }
    }

    /// `--form` replaces the encoder of a folder, and without it either form is complete.
    @Test func aFormIsReplacedOnlyWhereItIsAskedFor() throws {
        for (installed, other) in [(ModelFile.Form.reference, "matmul"), (.matmul, "reference")] {
            let rig = try Rig("plain")
            try Self.install(ModelSelection(.rnnt, encoder: .form(installed)), in: rig.folder)
            for flags in [[], ["--form", installed.rawValue]] {
                let kept = try Self.download(rig, "plain", flags + ["--skip-quantize"])
                #expect(kept.end() == 0)
            }
            #expect(try rig.requests.isEmpty)
            let changed = try Self.download(rig, "plain", ["--form", other, "--offline"])
            #expect(changed.end() == 65)
            #expect(changed.standardError.contains("v3_rnnt_encoder_int8.onnx is not the pinned file"))
        }
    }

    @Test(arguments: [["--offline"], []])
    func offlineNamesTheFileAndItsPlaceAndSendsNoRequest(flags: [String]) throws {
        let rig = try Rig("plain")
        let child = try Self.download(
            rig, "plain", flags + ["--progress", "json"], environment: flags.isEmpty ? ["GIGASTT_OFFLINE": "yes"] : [:])
        let text =
            "offline mode (GIGASTT_OFFLINE=1): refusing to download v3_vocab.txt and 3 more; place the file at "
            + "\(rig.folder.path)/v3_vocab.txt"
        #expect(child.lines() == [#"{"phase":"error","kind":"other","message":"\#(text)"}"#])
        #expect(child.end() == 1)
        #expect(child.standardError == "Error: \(text)\n")
        #expect(try rig.requests.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: rig.folder.path))
    }

    @Test func peopleSeeALineThatIsDrawnOver() throws {
        let rig = try Rig("plain")
        let child = try Self.download(rig, "plain")
        // The server has something else for the prediction network, so the download ends there.
        #expect(child.end() == 65)
        let line =
            "\rDownloading v3_vocab.txt... 0% (0.0MB / 0.0MB)\rDownloading v3_vocab.txt... 100% (0.0MB / 0.0MB)\n"
        #expect(child.standardError.hasPrefix(line))
        #expect(child.lines().isEmpty)
    }

    @Test(arguments: [("gone", 69, "network"), ("wrong", 65, "checksum"), ("loop", 69, "network")])
    func theExitCodeSaysWhatFailed(behaviour: String, code: Int32, kind: String) throws {
        let rig = try Rig(behaviour)
        let child = try Self.download(
            rig, behaviour, environment: ["GIGASTT_DOWNLOAD_PROGRESS": "json"])
        #expect(child.lines().last?.hasPrefix(#"{"phase":"error","kind":"\#(kind)","message":"#) == true)
        #expect(child.end() == code)
        #expect(child.standardError.hasPrefix("Error: "))
        #expect(rig.names.isEmpty)
    }

    @Test func aFullDiskLeavesNothingThatLooksLikeAModel() throws {
        let rig = try Rig("plain")
        // Files of at most 64 KiB: room for the vocabulary, not for the prediction network.
        let child = try Self.download(rig, "plain", ["--progress", "json"], fileLimit: 64)
        #expect(child.lines().last?.hasPrefix(#"{"phase":"error","kind":"disk","message":"#) == true)
        #expect(child.end() == 74)
        #expect(
            rig.names == [
                "v3_rnnt_decoder.onnx.partial", "v3_rnnt_decoder.onnx.partial.json", "v3_vocab.txt",
                "v3_vocab.txt.sha256",
            ])
    }

    @Test func aFolderThatCannotBeMadeIsADiskError() throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try Data().write(to: rig.folder.appendingPathComponent("file"))
        let child = try ChildProcess(
            "gigastt",
            [
                "download", "--model-dir", rig.folder.appendingPathComponent("file/models").path,
                "--mirror", rig.server.address("plain", case: rig.name),
            ])
        #expect(child.end() == 74)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptionKeepsWhatIsThere(signal: Int32) throws {
        let rig = try Rig("hold")
        let child = try Self.download(rig, "hold", isJoined: true)
        #expect(child.reaches("Downloading v3_vocab.txt... 50%"))
        child.signal(signal)
        #expect(child.lines().last == (signal == SIGINT ? "Interrupted by Ctrl-C" : "Terminated by SIGTERM"))
        #expect(child.end() == 128 + signal)
        #expect(rig.names == ["v3_vocab.txt.partial", "v3_vocab.txt.partial.json"])
        let next = try Self.download(rig, "hold", isJoined: true)
        #expect(next.reaches("\rDownloading v3_vocab.txt... 50%"))
        #expect(next.reaches("\rDownloading v3_vocab.txt... 100%"))
        #expect(next.reaches("Downloading v3_rnnt_decoder.onnx"))
        next.signal(SIGKILL)
        _ = next.end()
        let installed = try Data(contentsOf: rig.folder.appendingPathComponent("v3_vocab.txt"))
        #expect(installed == TestFile.content(TestFile.vocabulary))
        #expect(try rig.requests.prefix(2).map(\.range) == [nil, "bytes=99-"])
    }

    @Test(arguments: ["human", "json"]) func aWaitForAnotherProcessIsTold(form: String) throws {
        let rig = try Rig("hold")
        let first = try Self.download(rig, "hold", isJoined: true)
        #expect(first.reaches("50%"))
        let second = try Self.download(rig, "hold", ["--progress", form], isJoined: true)
        #expect(second.reaches("Waiting for another download (process \(first.identifier)) to finish"))
        second.signal(SIGINT)
        _ = second.lines()
        #expect(second.end() == 130)
        first.signal(SIGKILL)
        _ = first.end()
    }

    @Test func programsAreToldAboutAnInterruption() throws {
        let rig = try Rig("hold")
        let child = try Self.download(rig, "hold", ["--progress", "json"])
        #expect(child.line()?.hasPrefix(#"{"phase":"download","file":"v3_vocab.txt","#) == true)
        child.signal(SIGINT)
        #expect(child.lines().last == #"{"phase":"error","kind":"interrupted","message":"Interrupted"}"#)
        #expect(child.end() == 130)
    }

    @Test(arguments: [
        ["--progress", "xml"], ["--model-variant", "v9"], ["--mirror", "ftp://x"], ["--speaker", "--skip-diarization"],
        ["--model-variant", "ml_ctc", "--fp32"], ["--model-variant", "ctc"], ["extra"], ["--form", "fast"],
        ["--form", "matmul", "--fp32"], ["--form", "matmul", "--model-variant", "ml_ctc"],
    ])
    func misuseIsFoundBeforeAnythingIsDone(flags: [String]) throws {
        let child = try ChildProcess("gigastt", ["download", "--model-dir", "/nonexistent/x"] + flags)
        #expect(child.end() == 2)
        #expect(child.lines().isEmpty)
    }

    @Test func verifyTellsAboutEachFile() throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(
            at: rig.folder.appendingPathComponent("vad"), withIntermediateDirectories: true)
        func put(_ text: Data, _ path: String) throws { try text.write(to: rig.folder.appendingPathComponent(path)) }
        func verify() throws -> (code: Int32, lines: [String]) {
            let child = try ChildProcess("gigastt", ["verify", "--model-dir", rig.folder.path])
            let lines = child.lines()
            return (child.end(), lines)
        }
        try put(Data(), "notes.txt")
        #expect(try verify() == (1, ["not pinned  notes.txt"]))
        try put(TestFile.content(TestFile.vocabulary), "v3_vocab.txt")
        #expect(try verify() == (0, ["not pinned  notes.txt", "ok          v3_vocab.txt"]))
        try put(Data("abc".utf8), "vad/silero_vad.onnx")
        // SHA-256 of `abc` from FIPS 180-4.
        let bad =
            "BAD         vad/silero_vad.onnx  "
            + "(SHA-256 is ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad)"
        #expect(try verify() == (65, ["not pinned  notes.txt", "ok          v3_vocab.txt", bad]))
        #expect(rig.names == ["notes.txt", "v3_vocab.txt", "vad"])
    }

    @Test func verifyMissesWhatAnEncoderNeeds() throws {
        let rig = try Rig("plain")
        try FileManager.default.createDirectory(at: rig.folder, withIntermediateDirectories: true)
        try Data().write(to: rig.folder.appendingPathComponent("v3_rnnt_encoder_int8.onnx"))
        let child = try ChildProcess("gigastt", ["verify", "--model-dir", rig.folder.path])
        let states = child.lines().map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        #expect(
            states == [
                "missing v3_rnnt_decoder.onnx", "BAD v3_rnnt_encoder_int8.onnx", "missing v3_rnnt_joint.onnx",
                "missing v3_vocab.txt",
            ])
        #expect(child.end() == 65)
    }
}
