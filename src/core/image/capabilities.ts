/** What images of others need that begin as root and become somebody else (capabilities(7)); who is not root has none of it. */
export const OWN_IMAGE_CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETGID', 'SETUID'],
];
