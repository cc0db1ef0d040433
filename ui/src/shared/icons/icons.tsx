// The icons: one hand, 24 by 24, strokes of 1.75 with round ends. Decoration only; the control beside it carries the name.
import type { ReactNode } from 'react';

function icon(shape: ReactNode, filled = false) {
  return function Icon({ size = 'plain' }: { readonly size?: 'plain' | 'large' }) {
    return (
      <svg
        className={size === 'large' ? 'icon icon-large' : 'icon'}
        viewBox="0 0 24 24"
        fill={filled ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth={1.75}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {shape}
      </svg>
    );
  };
}

const microphone = (
  <>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </>
);
const camera = (
  <>
    <rect x="3" y="6.5" width="12.5" height="11" rx="2.5" />
    <path d="m15.5 10.8 5.5-3v8.4l-5.5-3" />
  </>
);
const slash = <path d="M4 4l16 16" />;

export const MicrophoneIcon = icon(microphone);
export const MicrophoneOffIcon = icon(
  <>
    <path d="M15 10.5V6a3 3 0 0 0-5.7-1.3M9 9v2a3 3 0 0 0 4.6 2.5M5.5 11.5a6.5 6.5 0 0 0 10.7 5M18.2 13.3c.2-.6.3-1.2.3-1.8M12 18v3" />
    {slash}
  </>,
);
export const CameraIcon = icon(camera);
export const CameraOffIcon = icon(
  <>
    <path d="M10 6.5h3A2.5 2.5 0 0 1 15.5 9v1.8l5.5-3v8.4l-3.5-1.9M15.3 15.8a2.5 2.5 0 0 1-2.3 1.7H5.5A2.5 2.5 0 0 1 3 15V9a2.5 2.5 0 0 1 2.5-2.5" />
    {slash}
  </>,
);
const display = (
  <>
    <rect x="3" y="4.5" width="18" height="12" rx="2.5" />
    <path d="M9 20h6" />
  </>
);
export const ScreenIcon = icon(
  <>
    {display}
    <path d="M12 13V8M9.6 10 12 7.6l2.4 2.4" />
  </>,
);
export const ScreenOffIcon = icon(
  <>
    {display}
    <path d="m10 8.5 4 4M14 8.5l-4 4" />
  </>,
);
export const EnlargeIcon = icon(<path d="M14 4.5h5.5V10M10 19.5H4.5V14M19 5l-5.5 5.5M5 19l5.5-5.5" />);
export const ReduceIcon = icon(<path d="M19.5 10H14V4.5M4.5 14H10v5.5M14.5 9.5 20 4M9.5 14.5 4 20" />);
export const SpeakerIcon = icon(<path d="M4 9.5v5h3.5l5 4v-13l-5 4H4ZM16 9a4.2 4.2 0 0 1 0 6M18.5 6.5a7.8 7.8 0 0 1 0 11" />);
export const PaperclipIcon = icon(<path d="m19.5 11.5-7.4 7.4a4.7 4.7 0 0 1-6.6-6.6l7.7-7.7a3.1 3.1 0 0 1 4.4 4.4l-7.6 7.6a1.6 1.6 0 0 1-2.2-2.2l6.9-6.9" />);
export const ChatIcon = icon(<path d="M20 11.5a7.5 7 0 0 1-10.8 6.3L4.5 19l1.3-4.2A7.2 7.2 0 0 1 5 11.5a7.5 7 0 0 1 15 0Z" />);
export const PeopleIcon = icon(
  <>
    <circle cx="9" cy="8.5" r="3.5" />
    <path d="M3 19.5c.4-3.5 2.8-5.5 6-5.5s5.6 2 6 5.5M15.5 5.4a3.5 3.5 0 0 1 0 6.2M17.5 14.6c2 .7 3.2 2.4 3.5 4.9" />
  </>,
);
export const PersonAddIcon = icon(
  <>
    <circle cx="9.5" cy="8.5" r="3.5" />
    <path d="M3.5 19.5c.4-3.5 2.8-5.5 6-5.5 1.3 0 2.5.3 3.5 1M18 13v6M15 16h6" />
  </>,
);
export const SettingsIcon = icon(<path d="M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8v4.4M9 14.8v4.4" />);
export const MoreIcon = icon(
  <>
    <circle cx="5.5" cy="12" r="1.6" />
    <circle cx="12" cy="12" r="1.6" />
    <circle cx="18.5" cy="12" r="1.6" />
  </>,
  true,
);
export const LeaveIcon = icon(<path d="M10 4H6.5A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20H10M15 8l4 4-4 4M18.5 12H10" />);
export const CloseIcon = icon(<path d="m6 6 12 12M18 6 6 18" />);
export const CopyIcon = icon(
  <>
    <rect x="8.5" y="8.5" width="11" height="11" rx="2.5" />
    <path d="M15.5 8.5V7A2.5 2.5 0 0 0 13 4.5H7A2.5 2.5 0 0 0 4.5 7v6A2.5 2.5 0 0 0 7 15.5h1.5" />
  </>,
);
export const ShareIcon = icon(<path d="M12 14.5V4M8 7.5 12 3.5l4 4M6 11.5v6A2.5 2.5 0 0 0 8.5 20h7a2.5 2.5 0 0 0 2.5-2.5v-6" />);
export const LockIcon = icon(
  <>
    <rect x="5" y="10.5" width="14" height="9.5" rx="2.5" />
    <path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2" />
  </>,
);
export const LockOpenIcon = icon(
  <>
    <rect x="5" y="10.5" width="14" height="9.5" rx="2.5" />
    <path d="M8 10.5V8a4 4 0 0 1 7.7-1.5" />
  </>,
);
export const CheckIcon = icon(<path d="m5 12.5 4.5 4.5L19 7.5" />);
export const DashIcon = icon(<path d="M6 12h12" />);
export const DoubleCheckIcon = icon(<path d="m2.5 12.5 4 4 8.5-9M11.5 15.8l.7.7 9-9" />);
export const ClockIcon = icon(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const WarningIcon = icon(<path d="M12 4.5 3.5 19h17L12 4.5ZM12 10v4M12 16.5v.1" />);
export const InfoIcon = icon(
  <>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 11v5M12 8v.1" />
  </>,
);
export const FileIcon = icon(<path d="M13.5 3.5H7.5A2 2 0 0 0 5.5 5.5v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2v-10l-5-5ZM13.5 3.5v5h5" />);
export const FilesIcon = icon(<path d="M14.5 3.5h-4A2 2 0 0 0 8.5 5.5v9a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-6l-5-5ZM14.5 3.5v5h5M5 7.5v10A3 3 0 0 0 8 20.5h7.5" />);
export const PictureFileIcon = icon(
  <>
    <rect x="4" y="5" width="16" height="14" rx="2.5" />
    <circle cx="9" cy="10" r="1.5" />
    <path d="m4.5 17 4.5-4 3 2.5 4-4 3.5 3.5" />
  </>,
);
export const FilmFileIcon = icon(
  <>
    <rect x="4" y="5" width="16" height="14" rx="2.5" />
    <path d="m10.5 9.5 4 2.5-4 2.5v-5Z" />
  </>,
);
export const SoundFileIcon = icon(
  <>
    <path d="M9.5 17.5V6.5l9-2v11" />
    <circle cx="7" cy="17.5" r="2.5" />
    <circle cx="16" cy="15.5" r="2.5" />
  </>,
);
export const ArchiveFileIcon = icon(
  <>
    <rect x="4" y="4.5" width="16" height="4.5" rx="1.5" />
    <path d="M5.5 9v8.5a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V9M10 12.5h4" />
  </>,
);
export const SendIcon = icon(<path d="M5 12h13M12.5 6l6 6-6 6" />);
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const ChevronIcon = icon(<path d="m7 10 5 5 5-5" />);
export const TrashIcon = icon(<path d="M5 7h14M10 7V4.5h4V7M7 7l.8 11.6a1.5 1.5 0 0 0 1.5 1.4h5.4a1.5 1.5 0 0 0 1.5-1.4L17 7" />);
export const FolderIcon = icon(<path d="M4 7.5A2 2 0 0 1 6 5.5h3.5l2 2.5H18a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-9.5Z" />);
export const KeyboardIcon = icon(
  <>
    <rect x="3" y="6.5" width="18" height="11" rx="2.5" />
    <path d="M7 10.5v.1M10.5 10.5v.1M14 10.5v.1M17 10.5v.1M8 14h8" />
  </>,
);
export const EyeOffIcon = icon(<path d="M10 6.2A9.5 9.5 0 0 1 21 12a13 13 0 0 1-2.3 3M14.5 17.4A9.3 9.3 0 0 1 3 12a12.5 12.5 0 0 1 3.5-4M9.8 10a3 3 0 0 0 4.2 4.2M4 4l16 16" />);
export const PlayIcon = icon(<path d="M8 5.5v13l10.5-6.5L8 5.5Z" />);
export const BrandIcon = icon(
  <>
    <path d="M3.5 10.5 12 4l8.5 6.5" />
    <rect x="5.5" y="10.5" width="13" height="10" rx="1.5" />
    <path d="M12 10.5v10M5.5 15.5h13" />
  </>,
);
