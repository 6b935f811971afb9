/**
 * A unit of systemd (systemd.service, systemd.exec). `KillMode=process`: a restart of the unit replaces the control plane,
 * and what it delivers runs on. `escale server stop` ends it
 * with 0, which stays so (`Restart=on-failure`). `Delegate`: limits of services are cgroups below this one.
 */
export function systemdUnit({ command, user }: { command: string; user: string }): string {
  return `# Escale for a team. Install it: escale server unit > /etc/systemd/system/escale.service
[Unit]
Description=Escale
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
User=${user}
Environment=ESCALE_HOME=/var/lib/escale
StateDirectory=escale
StateDirectoryMode=0711
ExecStart=${command} server
KillMode=process
Delegate=yes
Restart=on-failure
RestartSec=1
LimitNOFILE=1048576

[Install]
WantedBy=multi-user.target
`;
}
