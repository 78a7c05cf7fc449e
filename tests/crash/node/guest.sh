#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest's first process (power_cut_test.py starts it): mounts the disk that will
# lose its power, and hands over. Its root is the host's, read-only.
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
mkdir /run/data
mknod /run/disk b 98 16
mount -t ext4 /run/disk /run/data || echo "broken the disk does not mount"
ip link set lo up
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run TMPDIR=/run
exec /usr/bin/python3 -B "$rowan_guest" "$rowan_record"
