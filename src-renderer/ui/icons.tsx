/** Berth's icons: 16 px, one stroke width, drawn by hand. Decorative always; the name is on the button. */
import type { ReactNode } from 'react';

const drawings = {
  // Those of a row of the list are one path each: thousands of them come and go while it is scrolled.
  apps: (
    <path d="M3.25 2.25h2.5a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-2.5a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1Zm7 0h2.5a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-2.5a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1Zm-7 7h2.5a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-2.5a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1Zm7 0h2.5a1 1 0 0 1 1 1v2.5a1 1 0 0 1-1 1h-2.5a1 1 0 0 1-1-1v-2.5a1 1 0 0 1 1-1Z" />
  ),
  terminal: <path d="M2.75 4.25 6.5 8l-3.75 3.75M8 12h5.25" />,
  ssh: <path d="M2.5 5.25h10.75M10.5 2.5l2.75 2.75L10.5 8M13.5 10.75H2.75M5.5 8 2.75 10.75 5.5 13.5" />,
  more: <path d="M3.25 8h.01M8 8h.01M12.75 8h.01" strokeWidth="2.6" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  play: <path d="M5 3.25v9.5L12.5 8Z" />,
  stop: <rect x="3.5" y="3.5" width="9" height="9" rx="1.5" />,
  sessions: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="4.25" rx="1" />
      <rect x="2.25" y="9" width="11.5" height="4.25" rx="1" />
      <path d="M4.75 4.9h.01M4.75 11.1h.01" strokeWidth="1.8" />
    </>
  ),
  folder: (
    <path d="M2.25 12.25V4.25a1 1 0 0 1 1-1h2.9l1.5 1.75h5.1a1 1 0 0 1 1 1v6.25a1 1 0 0 1-1 1h-9.5a1 1 0 0 1-1-1Z" />
  ),
  transfers: (
    <>
      <path d="M5 13.25V2.75M2.25 5.5 5 2.75 7.75 5.5" />
      <path d="M11 2.75v10.5M8.25 10.5 11 13.25l2.75-2.75" />
    </>
  ),
  ports: (
    <>
      <path d="M5.75 2.25v3M10.25 2.25v3" />
      <path d="M3.75 5.25h8.5v2.5a4.25 4.25 0 0 1-8.5 0Z" />
      <path d="M8 12v2" />
    </>
  ),
  settings: (
    <>
      <path d="M2.25 4.5h4M10.25 4.5h3.5M2.25 11.5h2M8.25 11.5h5.5" />
      <circle cx="8.25" cy="4.5" r="1.9" />
      <circle cx="6.25" cy="11.5" r="1.9" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.4 10.4 3.35 3.35" />
    </>
  ),
  plus: <path d="M8 3v10M3 8h10" />,
  copy: (
    <>
      <rect x="5.25" y="5.25" width="8.5" height="8.5" rx="1.25" />
      <path d="M10.75 2.25h-7.25a1.25 1.25 0 0 0-1.25 1.25v7.25" />
    </>
  ),
  link: (
    <path d="M6.75 9.25a2.75 2.75 0 0 0 4.1.3l2-2a2.75 2.75 0 0 0-3.9-3.9L7.8 4.8M9.25 6.75a2.75 2.75 0 0 0-4.1-.3l-2 2a2.75 2.75 0 0 0 3.9 3.9L8.2 11.2" />
  ),
  filter: <path d="M2.25 3.75h11.5M4.5 8h7M6.75 12.25h2.5" />,
  columns: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="10.5" rx="1.25" />
      <path d="M6.1 2.75v10.5M9.9 2.75v10.5" />
    </>
  ),
  download: <path d="M8 2.5v7.25M4.75 6.75 8 10l3.25-3.25M2.75 13.25h10.5" />,
  up: <path d="M8 13V3M4 7l4-4 4 4" />,
  down: <path d="M8 3v10M4 9l4 4 4-4" />,
  check: <path d="m3 8.5 3.25 3.25L13 4.75" />,
  chevronUp: <path d="m4 9.75 4-4 4 4" />,
  chevronLeft: <path d="m9.75 4-4 4 4 4" />,
  chevronRight: <path d="m6.25 4 4 4-4 4" />,
  chevronDown: <path d="m4 6.25 4 4 4-4" />,
  close: <path d="m4 4 8 8M12 4l-8 8" />,
  warning: (
    <>
      <path d="M8 2.5 14.25 13.25H1.75Z" />
      <path d="M8 6.5v3.25M8 11.4v.1" />
    </>
  ),
  info: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 7.25v3.75M8 5v.1" />
    </>
  ),
  key: (
    <>
      <circle cx="5" cy="11" r="2.75" />
      <path d="m7 9 6.25-6.25M10.5 5.5l2 2" />
    </>
  ),
  log: (
    <>
      <path d="M3.75 1.75h6l2.5 2.5v10h-8.5Z" />
      <path d="M6 7h4M6 9.5h4M6 12h2.5" />
    </>
  ),
  rename: <path d="M2.75 13.25v-2.5l7.75-7.75 2.5 2.5-7.75 7.75ZM9 4.5l2.5 2.5" />,
  signOut: (
    <>
      <path d="M6.25 2.75h-2.5a1 1 0 0 0-1 1v8.5a1 1 0 0 0 1 1h2.5" />
      <path d="M6.5 8h7M10.75 5.25 13.5 8l-2.75 2.75" />
    </>
  ),
  refresh: (
    <>
      <path d="M13.25 8a5.25 5.25 0 1 1-1.6-3.77" />
      <path d="M13.5 1.9v3h-3" />
    </>
  ),
  window: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="10.5" rx="1.25" />
      <path d="M2.25 5.75h11.5" />
    </>
  ),
  notebook: (
    <>
      <rect x="3.75" y="2.25" width="9.5" height="11.5" rx="1.25" />
      <path d="M6.5 2.25v11.5M2.25 5h2.5M2.25 8h2.5M2.25 11h2.5" />
    </>
  ),
  chart: (
    <>
      <path d="M2.25 2.25v11.5h11.5" />
      <path d="m4.75 10.5 2.75-3.5 2.5 2 3.25-4.5" />
    </>
  ),
  code: <path d="M5.25 4.5 1.75 8l3.5 3.5M10.75 4.5l3.5 3.5-3.5 3.5" />,
  desktop: (
    <>
      <rect x="1.75" y="2.75" width="12.5" height="8.25" rx="1.25" />
      <path d="M8 11v2.5M5.25 13.5h5.5" />
    </>
  ),
  flask: (
    <path d="M6.25 2.25h3.5M6.75 2.25V6.5l-3.75 6a1 1 0 0 0 .85 1.5h8.3a1 1 0 0 0 .85-1.5l-3.75-6V2.25M4.9 9.75h6.2" />
  ),
  clock: (
    <>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 4.75V8l2.25 1.5" />
    </>
  ),
  pin: <path d="M6 2.25h4M6.75 2.25v4.5L4.5 9.25h7L9.25 6.75v-4.5M8 9.25v4.5" />,
  pinned: <path fill="currentColor" d="M6 2.25h4h-.75v4.5l2.25 2.5h-7l2.25-2.5v-4.5ZM8 9.25v4.5" />,
  eye: (
    <>
      <path d="M1.5 8S4 3.75 8 3.75 14.5 8 14.5 8 12 12.25 8 12.25 1.5 8 1.5 8Z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  splitRight: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="10.5" rx="1.25" />
      <path d="M8 2.75v10.5" />
    </>
  ),
  splitDown: (
    <>
      <rect x="2.25" y="2.75" width="11.5" height="10.5" rx="1.25" />
      <path d="M2.25 8h11.5" />
    </>
  ),
  bell: <path d="M4 11.25V7a4 4 0 0 1 8 0v4.25l1 1H3ZM6.75 14h2.5" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof drawings;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 16 16" className="icon">
      {drawings[name]}
    </svg>
  );
}

/** Berth's mark: a bollard over a hull. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 16 16" style={{ flex: 'none' }}>
      <rect width="16" height="16" rx="3.5" fill="var(--site)" />
      <path d="M4.6 4.4h6.8M8 4.4v5.4" stroke="var(--on-site)" strokeWidth="2" strokeLinecap="round" />
      <path
        d="M3 9c.4 2.7 2.3 4 5 4s4.6-1.3 5-4"
        fill="none"
        stroke="var(--on-site)"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
    </svg>
  );
}
