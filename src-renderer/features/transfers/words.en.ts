/** English words of the Transfers page. */
export const en = {
  title: 'Transfers',
  loading: 'Asking what is being moved…',
  empty: 'No transfers',
  'empty.text':
    'Files that are kept when a session ends appear here, with how far they are. Terminate on a session finds them and offers to keep them.',
  'column.session': 'Session',
  'column.progress': 'Progress',
  'column.started': 'Age',
  'column.controls': 'Controls',
  to: 'to {{folder}}',
  toMount: 'to {{folder}} in the session',
  thenEnd: 'then ends the session',
  pause: 'Pause',
  resume: 'Resume',
  retry: 'Try again',
  cancel: 'Cancel',
  openFolder: 'Open folder',
  forget: 'Remove from list',
} as const;
