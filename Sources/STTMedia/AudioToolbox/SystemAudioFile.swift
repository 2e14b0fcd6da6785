#if canImport(AudioToolbox)
    import AudioToolbox

    /// Owns an open file of Apple's Extended Audio File Services, and the parser below it.
    ///
    /// Both are closed in `deinit`, before the source of the bytes, which they call, is released.
    final class SystemAudioFile {
        private let source: CallbackSource
        private let parser: AudioFileID
        private let file: ExtAudioFileRef

        init(_ source: CallbackSource) throws(MediaError) {
            var parser: AudioFileID?
            // Proof: not retained; this object keeps the source, and closes the parser before it lets it go.
            let context = Unmanaged.passUnretained(source).toOpaque()
            let status = AudioFileOpenWithCallbacks(context, readBytes, nil, countBytes, nil, 0, &parser)
            guard status == noErr, let parser else { throw MediaError(status) }
            var file: ExtAudioFileRef?
            let wrapped = ExtAudioFileWrapAudioFileID(parser, false, &file)
            guard wrapped == noErr, let file else {
                AudioFileClose(parser)
                throw MediaError(wrapped)
            }
            (self.source, self.parser, self.file) = (source, parser, file)
        }

        deinit {
            ExtAudioFileDispose(file)
            AudioFileClose(parser)
        }

        /// What the header says, within the limits of this module.
        func properties() throws(MediaError) -> AudioProperties {
            var format = AudioStreamBasicDescription()
            var size = UInt32(MemoryLayout<AudioStreamBasicDescription>.size)
            let status = ExtAudioFileGetProperty(file, kExtAudioFileProperty_FileDataFormat, &size, &format)
            guard status == noErr else { throw MediaError(status) }
            guard let rate = Int(exactly: format.mSampleRate.rounded()), AudioProperties.sampleRates.contains(rate)
            else {
                throw .unsupportedRate(Int(exactly: format.mSampleRate.rounded()) ?? 0)
            }
            let channelCount = Int(format.mChannelsPerFrame)
            guard channelCount > 0 else { throw .noParameters }
            guard channelCount <= AudioProperties.channelLimit else { throw .tooManyChannels(channelCount) }
            var frameCount: Int64 = 0
            size = UInt32(MemoryLayout<Int64>.size)
            let hasLength =
                ExtAudioFileGetProperty(file, kExtAudioFileProperty_FileLengthFrames, &size, &frameCount) == noErr
            var container: UInt32 = 0
            size = UInt32(MemoryLayout<UInt32>.size)
            let hasName = AudioFileGetProperty(parser, kAudioFilePropertyFileFormat, &size, &container) == noErr
            return AudioProperties(
                container: hasName ? String(fourCharacters: container) : "unknown",
                codec: String(fourCharacters: format.mFormatID), sampleRate: rate, channelCount: channelCount,
                duration: hasLength && frameCount > 0 ? Double(frameCount) / Double(rate) : nil)
        }

        /// Asks for interleaved floats at the file's own rate: rate and channels are converted as on every other system.
        func decodeFloats(_ properties: AudioProperties) throws(MediaError) {
            let frameByteCount = UInt32(properties.channelCount * MemoryLayout<Float>.size)
            var format = AudioStreamBasicDescription(
                mSampleRate: Double(properties.sampleRate), mFormatID: kAudioFormatLinearPCM,
                mFormatFlags: kAudioFormatFlagIsFloat | kAudioFormatFlagIsPacked, mBytesPerPacket: frameByteCount,
                mFramesPerPacket: 1, mBytesPerFrame: frameByteCount, mChannelsPerFrame: UInt32(properties.channelCount),
                mBitsPerChannel: 32, mReserved: 0)
            let size = UInt32(MemoryLayout<AudioStreamBasicDescription>.size)
            let status = ExtAudioFileSetProperty(file, kExtAudioFileProperty_ClientDataFormat, size, &format)
            guard status == noErr else { throw MediaError(status) }
        }

        /// Fills `bytes` with whole frames; returns how many, 0 at the end. The system keeps no pointer to them.
        func read(_ channelCount: Int, into bytes: UnsafeMutableRawBufferPointer) -> (Int, OSStatus) {
            var frameCount = UInt32(bytes.count / (channelCount * MemoryLayout<Float>.size))
            var list = AudioBufferList(
                mNumberBuffers: 1,
                mBuffers: AudioBuffer(
                    mNumberChannels: UInt32(channelCount), mDataByteSize: UInt32(bytes.count), mData: bytes.baseAddress)
            )
            let status = ExtAudioFileRead(file, &frameCount, &list)
            return (Int(frameCount), status)
        }
    }

    private func readBytes(
        context: UnsafeMutableRawPointer, offset: Int64, count: UInt32, bytes: UnsafeMutableRawPointer,
        readCount: UnsafeMutablePointer<UInt32>
    ) -> OSStatus {
        // Proof: the context is the CallbackSource that the SystemAudioFile keeps alive.
        let source = Unmanaged<CallbackSource>.fromOpaque(context).takeUnretainedValue()
        var filled = 0
        while filled < Int(count) {
            let rest = UnsafeMutableRawBufferPointer(start: bytes + filled, count: Int(count) - filled)
            let read = Int(source.read(at: Int(offset) + filled, into: rest))
            guard read > 0 else {
                readCount.pointee = UInt32(filled)
                return read < 0 ? kAudioFileUnspecifiedError : kAudioFileEndOfFileError
            }
            filled += read
        }
        readCount.pointee = count
        return noErr
    }

    private func countBytes(context: UnsafeMutableRawPointer) -> Int64 {
        // Proof: the context is the CallbackSource that the SystemAudioFile keeps alive.
        Int64(Unmanaged<CallbackSource>.fromOpaque(context).takeUnretainedValue().byteCount ?? 0)
    }

    extension MediaError {
        static let lengthNeeded = MediaError(
            .unsupportedFormat,
            "Unsupported audio format. Without FFmpeg's libraries it is read from a file or from memory, not from a stream."
        )

        /// The one place where a status of the system becomes an error.
        fileprivate init(_ status: OSStatus) {
            self =
                switch status {
                case kAudioFileUnsupportedFileTypeError: .unsupportedFormat
                case kAudioFileUnsupportedDataFormatError, kExtAudioFileError_CodecUnavailableInputConsumed,
                    kExtAudioFileError_CodecUnavailableInputNotConsumed:
                    .unsupportedCodec(nil)
                default: .damaged
                }
        }
    }

    extension String {
        /// `aac` of 'aac ', `mp3` of '.mp3'.
        fileprivate init(fourCharacters code: UInt32) {
            let bytes = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: code >> UInt32($0)) }
            self = String(decoding: bytes.filter { $0 > 0x20 && $0 < 0x7F && $0 != 0x2E }, as: UTF8.self).lowercased()
        }
    }
#endif
