// What of a name is shown as it is: the rule of dev.heddle.text.Printable, which a test compares with this one. The rest becomes
// U+FFFD, apart from what joins emoji or makes one of a symbol, right after an emoji.

const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const EMOJI = /(?!\p{C})[\p{Extended_Pictographic}\p{Emoji_Modifier}]\uFE0F?\u200D?/u;
const PARTS = new RegExp(`${EMOJI.source}|\\t|(${HIDDEN.source})`, 'gu');

export const isShown = (point) => !HIDDEN.test(String.fromCodePoint(point));

export const printable = (text) => text.replace(PARTS, (part, hidden) => hidden === undefined ? part : '\uFFFD');
