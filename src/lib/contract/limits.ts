/** More than this of what a script leaves at TERMINATION_MESSAGE_PATH is not read. */
export const MAX_MESSAGE_BYTES = 16_384;
