/** Line drawings on a 24 by 24 field. They stand beside words and say nothing by themselves. */
const PATHS = {
  back: 'M15 4 7 12l8 8',
  next: 'm9 4 8 8-8 8',
  play: 'M7 4v16l13-8z',
  stop: 'M6 6h12v12H6z',
  pin: 'M12 22s7-7.5 7-13a7 7 0 1 0-14 0c0 5.500 7 13 7 13zM12 11.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  camera: 'M3 8h4l2-3h6l2 3h4v12H3zM12 17a4 4 0 1 0 0-8 4 4 0 0 0 0 8z',
  list: 'M4 6h2M4 12h2M4 18h2M9 6h11M9 12h11M9 18h11',
  clock: 'M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20zM12 6v6l4 3',
  tasks: 'm3 6 2 2 3-4M3 13l2 2 3-4M3 20l2 2 3-4M12 6h9M12 13h9M12 20h9',
  gear: 'M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM12 2v4M12 18v4M2 12h4M18 12h4M5 5l2.800 2.800M16.200 16.200 19 19M5 19l2.800-2.800M16.200 7.800 19 5',
  sync: 'M20 5v5h-5M4 19v-5h5M19 10a8 8 0 0 0-14-3M5 14a8 8 0 0 0 14 3',
  check: 'm4 13 5 5L20 6',
  ledger: 'M5 3h14v18H5zM9 3v18M12 8h4M12 12h4',
  split: 'M12 21v-8M12 13 5 5M12 13l7-8M5 10V5h5M14 5h5v5',
  returned: 'M9 6 4 11l5 5M4 11h11a5 5 0 0 1 0 10h-2',
  pencil: 'm4 20 1-5L16 4l4 4L9 19z',
  warn: 'M12 3 2 21h20zM12 10v5M12 17.500v1',
  info: 'M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20zM12 11v6M12 7v1',
  up: 'M12 20V5M5 11l7-7 7 7',
  pause: 'M8 5v14M16 5v14',
  cross: 'M5 5l14 14M19 5 5 19',
  plus: 'M12 5v14M5 12h14',
  voice: 'M12 15a4 4 0 0 0 4-4V6a4 4 0 1 0-8 0v5a4 4 0 0 0 4 4zM5 11a7 7 0 0 0 14 0M12 18v4',
  album: 'M3 5h18v14H3zM3 16l5-5 4 4 4-5 5 5M8 9.500v.1',
  download: 'M12 4v12M6 11l6 6 6-6M4 21h16',
  person: 'M12 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM3 22a9 9 0 0 1 18 0',
  out: 'M10 3H4v18h6M15 7l5 5-5 5M20 12H9',
} as const

export type IconName = keyof typeof PATHS

/** An icon, hidden from screen readers. `size` is in pixels. */
export function Icon({ name, size = 28, turning = false }: { name: IconName; size?: number; turning?: boolean }) {
  return (
    <svg
      class={turning ? 'turning' : undefined}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={name === 'play' || name === 'stop' ? 'currentColor' : 'none'}
      stroke="currentColor"
      stroke-width="2.2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
