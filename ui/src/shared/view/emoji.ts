// The emoji of a comparison, for showing. The list is the protocol's (docs/protocol.md, section 7.4) and stands with `trust`.
export { emojiAt, type Emoji } from '../../trust/shortString';
