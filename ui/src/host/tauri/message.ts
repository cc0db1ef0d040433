// What the shell tells its page. Twin of src-tauri/src/page.rs.
import type { Event } from '../../protocol/Event';
import type { PickedFile } from '../../protocol/PickedFile';

/** One message of the shell's only line to the page. */
export type Message =
  | { readonly type: 'engine'; readonly event: Event }
  | { readonly type: 'drop'; readonly hovering: boolean; readonly files: PickedFile[] }
  | { readonly type: 'link'; readonly link: string };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Guards the line. The shell is ours and its types are generated, so only the outer shape is looked at. */
export function isMessage(value: unknown): value is Message {
  if (!isRecord(value)) return false;
  switch (value['type']) {
    case 'engine':
      return isRecord(value['event']) && typeof value['event']['type'] === 'string';
    case 'drop':
      return typeof value['hovering'] === 'boolean' && Array.isArray(value['files']);
    case 'link':
      return typeof value['link'] === 'string';
    default:
      return false;
  }
}
