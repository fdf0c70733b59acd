/** English words of the Transfers page. */
export const en = {
  title: 'Transfers',
  empty: 'No transfers',
  'empty.text':
    'Moving files in and out of sessions is not in this version of Berth. Until it is, use SFTP or scp: SSH on a session gives the command and the key.',
} as const;
