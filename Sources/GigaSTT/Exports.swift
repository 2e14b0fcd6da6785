// One import for an app: the values that recognition returns, and where audio comes from.
@_exported public import STTMedia
@_exported public import STTValues
