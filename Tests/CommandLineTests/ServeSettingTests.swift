import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTServer
import TestSupport
import Testing

@testable import GigaSTTCommand

/// What decides how a server is set up, without a server.
@Suite struct ServeSettingTests {
    @Test(arguments: ServeLimit.allCases)
    func aFlagGoesBeforeItsVariableBeforeTheFileBeforeTheDefault(limit: ServeLimit) {
        var sources = LimitSources()
        #expect(sources[limit] == nil)
        var settings = ServerSettings()
        sources.apply(to: &settings)
        #expect(settings == ServerSettings())
        sources.file[limit] = 1_001
        #expect(sources[limit] == 1_001)
        sources.environment[limit] = 1_002
        #expect(sources[limit] == 1_002)
        sources.flags[limit] = 1_003
        #expect(sources[limit] == 1_003)
        sources.apply(to: &settings)
        var other = ServerSettings()
        limit.apply(1_003, to: &other)
        #expect(settings == other && settings != ServerSettings())
    }

    /// The name of a limit in the file, with hyphens.
    @Test(arguments: ServeLimit.allCases) func aLimitHasAFlag(limit: ServeLimit) throws {
        let flag = "--" + limit.rawValue.replacingOccurrences(of: "_", with: "-")
        let command = try #require(try Gigastt.parseAsRoot(["serve", flag, "1003"]) as? ServeCommand)
        #expect(try command.limits.sources(command.jobs.flags).flags == [limit: 1_003])
    }

    @Test(arguments: [([String](), Int?.none), (["0"], nil), (["1"], 1), (["3"], 3)])
    func windowsOfARecordingAtTheSameTimeAreASetting(values: [String], most: Int?) throws {
        let arguments = values.flatMap { ["--file-window-concurrency", $0] }
        let command = try #require(try Gigastt.parseAsRoot(["serve"] + arguments) as? ServeCommand)
        var configuration = RecognizerConfiguration()
        #expect(try command.workers.apply(to: &configuration).isEmpty)
        #expect(configuration.fileWindowConcurrency == most)
    }

    @Test(
        arguments: [
            (["--stream-max-window-secs", "7.5"], true), (["--stream-max-window-secs", "100"], true),
            (["--stream-stable-prefix"], true), (["--stream-stable-prefix=false"], true),
            (["--stream-stable-prefix", "true", "--port", "0"], true), (["--port", "0"], false),
        ] as [([String], Bool)])
    func windowsOfGigasttAreAcceptedAndSaidToHaveNoEffect(arguments: [String], isSaid: Bool) throws {
        let command = try #require(try Gigastt.parseAsRoot(["serve"] + arguments) as? ServeCommand)
        #expect(try command.unsupported.warnings().contains { $0.contains("decoded as a whole") } == isSaid)
    }

    @Test func aFileIsRead() throws {
        let file = try LimitFile(
            text: """
                # a comment
                idle_timeout_secs = 1
                ws_frame_max_bytes = 2_000
                body_limit_bytes = 0x10
                max_session_secs = 0
                shutdown_drain_secs = 4294967295
                pool_checkout_timeout_secs = 6
                inference_timeout_secs = 7
                max_audio_secs = 8
                rate_limit_per_minute = 9
                rate_limit_burst = 10
                max_recordings = 11
                max_recordings_per_client = 12
                max_uploads = 13
                max_uploads_per_client = 14
                max_buffered_bytes = 5_000_000_000
                max_buffered_bytes_per_client = 15
                max_waiting = 16
                resume_window_secs = 22
                max_suspended_sessions = 23
                jobs_enabled = true
                jobs_ttl_secs = 17
                jobs_max = 18
                jobs_max_bytes = 5_000_000_001
                jobs_retry = 19
                jobs_lease_secs = 21
                jobs_part_secs = 22
                jobs_keep = 20
                jobs_keep_bytes = 5_000_000_002
                """)
        #expect(
            file.values == [
                .idleTimeout: 1, .messageByteCount: 2_000, .bodyByteCount: 16, .sessionLength: 0,
                .drainTimeout: 4_294_967_295, .queueTimeout: 6, .inferenceTimeout: 7, .audioLength: 8,
                .ratePerMinute: 9,
                .rateBurst: 10, .recordings: 11, .recordingsPerClient: 12, .uploads: 13, .uploadsPerClient: 14,
                .bufferedBytes: 5_000_000_000, .bufferedBytesPerClient: 15, .waiting: 16,
                .resumeWindow: 22, .suspendedSessions: 23,
                .jobLifetime: 17, .jobCount: 18, .jobByteCount: 5_000_000_001, .jobRetries: 19, .keptJobCount: 20,
                .jobLease: 21, .jobPart: 22,
                .keptJobByteCount: 5_000_000_002,
            ])
        #expect(file.warnings.isEmpty)
        #expect(try LimitFile(text: "").values.isEmpty)
    }

    @Test func protocolsOfTelephonyAreSwitches() throws {
        for wire in TelephonyProtocol.allCases {
            let file = try LimitFile(text: "\(wire.rawValue) = true\n")
            var (settings, choices) = (ServerSettings(), ProtocolChoices())
            choices.apply(to: &settings, else: file.protocols)
            #expect(settings.telephony == [wire] && file.warnings.isEmpty)
            choices.telephony[wire] = false
            choices.apply(to: &settings, else: file.protocols)
            #expect(settings.telephony.isEmpty)
            #expect(throws: ServerError.self) { try LimitFile(text: "\(wire.rawValue) = 1\n") }
        }
    }

    @Test func protocolsWithPortsAreAddresses() throws {
        let text = ProtocolPort.allCases.map { "\($0.rawValue) = \"127.0.0.1:1234\"\n" }.joined()
        let file = try LimitFile(text: text + "deepgram = true\nallow_keyless = [\"10.0.0.0/8\", \"::1\"]\n")
        var (settings, choices) = (ServerSettings(), ProtocolChoices())
        choices.apply(to: &settings, else: file.protocols)
        let address = try #require(ListenAddress("127.0.0.1:1234"))
        #expect(settings.listeners == Dictionary(uniqueKeysWithValues: ProtocolPort.allCases.map { ($0, address) }))
        #expect(settings.servesDeepgram && file.warnings.isEmpty)
        #expect(settings.keylessRanges == ["10.0.0.0/8", "::1"].compactMap { AddressRange($0) })
        // A flag goes before the file.
        choices.listeners[.vosk] = ListenAddress("127.0.0.1:1")
        choices.deepgram = false
        choices.keyless = []
        choices.apply(to: &settings, else: file.protocols)
        #expect(settings.listeners[.vosk]?.port == 1 && settings.listeners[.wyoming] == address)
        #expect(!settings.servesDeepgram && settings.keylessRanges.isEmpty)
    }

    @Test(arguments: [
        "vosk = 2700", "wyoming = \"here\"", "deepgram = 1", "allow_keyless = \"10.0.0.0/8\"",
        "allow_keyless = [\"home\"]", "allow_keyless = [1]",
    ])
    func aProtocolThatMakesNoSenseIsAnError(text: String) {
        let error = #expect(throws: ServerError.self) { try LimitFile(text: text) }
        #expect(error?.code == .fileUnusable)
    }

    @Test func unknownKeysAreNamedSafely() throws {
        let file = try LimitFile(
            text: "idle_timeout_sec = 1\n\"a\\u001B[31m\" = 2\n\"\(String(repeating: "x", count: 1_000))\" = 1\n"
                + "[section]\nidle_timeout_secs = 3\n")
        #expect(file.values.isEmpty && file.warnings.count == 4)
        #expect(file.warnings.contains { $0.hasSuffix(#": "idle_timeout_sec""#) })
        #expect(file.warnings.contains { $0.hasSuffix(#": "a\u{1B}[31m""#) })
        #expect(file.warnings.allSatisfy { $0.utf8.count < 200 && !$0.contains("\u{1B}") })
    }

    @Test(arguments: [
        ("idle_timeout_secs = -1", "idle_timeout_secs; a whole number from 0 to 4294967295"),
        ("idle_timeout_secs = 1.5", "idle_timeout_secs; a whole number"),
        ("idle_timeout_secs = \"300\"", "idle_timeout_secs; a whole number"),
        ("max_audio_secs = true", "max_audio_secs; a whole number"),
        ("max_session_secs = 4294967296", "max_session_secs; a whole number from 0 to 4294967295"),
        ("body_limit_bytes = [1]", "body_limit_bytes; a whole number from 0 to 9223372036854775807"),
        ("max_audio_secs = 99999999999999999999", "not valid TOML at line 1"),
        ("a = 1\na = 2", "not valid TOML at line 2"), ("= 1", "not valid TOML at line 1"),
    ])
    func aFileThatMakesNoSenseIsAnError(text: String, reason: String) {
        let error = #expect(throws: ServerError.self) { try LimitFile(text: text) }
        #expect(error?.code == .fileUnusable && error?.message.contains(reason) == true)
    }

    @Test func aFileThatCannotBeReadIsAnError() throws {
        let folder = try TemporaryFolder()
        let long = try folder.write(Data(repeating: 35, count: LimitFile.byteLimit + 1), as: "long")
        let binary = try folder.write(Data([0xFF, 0xFE]), as: "binary")
        let full = try folder.write(Data(repeating: 35, count: LimitFile.byteLimit), as: "full")
        for (path, reason) in [
            (folder.path("none"), "cannot be read"), (folder.url.path, "cannot be read"),
            (long, "longer than 65536 bytes"), (binary, "is not UTF-8"),
        ] {
            let error = #expect(throws: ServerError.self) { try LimitFile(at: URL(fileURLWithPath: path)) }
            #expect(error?.message.contains(reason) == true)
        }
        #expect(try LimitFile(at: URL(fileURLWithPath: full)).values.isEmpty)
    }

    @Test(
        arguments: [
            // workers, least, for files → workers, for files, warnings
            (2, 1, 0, 2, nil, 0), (2, 1, 1, 2, 1, 0), (4, 4, 10, 4, 3, 1), (1, 1, 1, 1, nil, 1), (0, 1, 0, 1, nil, 1),
            (1_000, 1, 2, 256, 2, 1), (2, 3, 0, 2, nil, 1), (2, 0, 0, 2, nil, 1), (-5, 9, 9, 1, nil, 3),
        ] as [(Int, Int, Int, Int, Int?, Int)])
    func workersAreSplit(
        wanted: Int, least: Int, forFiles: Int, workerCount: Int, fileWorkerLimit: Int?, warningCount: Int
    ) {
        let split = WorkerSplit(workerCount: wanted, least: least, forFiles: forFiles)
        #expect(split.workerCount == workerCount && split.fileWorkerLimit == fileWorkerLimit)
        #expect(split.warnings.count == warningCount)
    }

    /// The flag or variable, the file, what applies.
    @Test(
        arguments: [
            ([:], "", nil, .full), ([:], "itn = false", false, .full), ([:], "itn = \"ON\"", true, .full),
            ([.numbers: "auto"], "itn = false\nitn_policy = \"compat\"", nil, .compatible),
            ([.numberStyle: " Full "], "itn = true\nitn_policy = \"compat\"", true, .full),
        ] as [([TextSources.Key: String], String, Bool?, TextFormatting.NumberStyle)])
    func textsAreWrittenByPrecedence(
        values: [TextSources.Key: String], file: String, numbers: Bool?, style: TextFormatting.NumberStyle
    ) throws {
        let text = try TextSources(values: values, file: LimitFile(text: file).texts).formatting()
        #expect(text.numbers == numbers && text.numberStyle == style)
    }

    @Test(
        arguments: [
            ("on", PassMode.on), (" TRUE ", .on), ("1", .on), ("yes", .on), ("off", .off),
            ("No", .off), ("false", .off), ("0", .off), ("auto", .auto), ("maybe", nil), ("", nil),
        ] as [(String, PassMode?)])
    func textPassesAreRead(word: String, pass: PassMode?) {
        #expect(PassMode(word) == pass)
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:9876"), ("::1", "[::1]:9876"), ("[::1]", "[::1]:9876"),
        ("localhost", "localhost:9876"),
    ])
    func addressesAreThoseThatAClientCanUse(host: String, address: String) {
        var settings = ServerSettings()
        settings.host = host
        #expect(
            ServeCommand.addresses(of: settings, port: 9_876) == [
                "gigastt server listening on http://\(address)", "  WebSocket: ws://\(address)/v1/ws",
                "  REST API:  http://\(address)/health, /ready, /v1/models, /v1/transcribe, /v1/transcribe/stream",
            ])
    }

    @Test func aSecondSignalCountsUnlessItIsTheFirstPassedOn() {
        let start = ContinuousClock.now
        var count = ShutdownSignals.Count()
        let answers = [0, 249, 250].map { count.ends(at: start + .milliseconds($0)) }
        #expect(answers == [false, false, true])
    }
}
