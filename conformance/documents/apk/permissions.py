"""Android permissions by group, as their documentation has them; the ten groups are those of TC260-PG 权限申请使用指南."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PREFIX = "android.permission."

GROUPS: Mapping[str, tuple[str, ...]] = {
    "CALENDAR": ("READ_CALENDAR", "WRITE_CALENDAR"),
    "CALL_LOG": ("READ_CALL_LOG", "WRITE_CALL_LOG", "PROCESS_OUTGOING_CALLS"),
    "CAMERA": ("CAMERA",),
    "CONTACTS": ("READ_CONTACTS", "WRITE_CONTACTS", "GET_ACCOUNTS"),
    "LOCATION": ("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION", "ACCESS_BACKGROUND_LOCATION", "ACCESS_MEDIA_LOCATION"),
    "MICROPHONE": ("RECORD_AUDIO",),
    "PHONE": (
        "READ_PHONE_STATE", "READ_PHONE_NUMBERS", "CALL_PHONE", "ANSWER_PHONE_CALLS", "ADD_VOICEMAIL", "USE_SIP",
        "ACCEPT_HANDOVER",
    ),
    "SENSORS": ("BODY_SENSORS", "BODY_SENSORS_BACKGROUND", "ACTIVITY_RECOGNITION"),
    "SMS": ("SEND_SMS", "RECEIVE_SMS", "READ_SMS", "RECEIVE_WAP_PUSH", "RECEIVE_MMS"),
    "STORAGE": (
        "READ_EXTERNAL_STORAGE", "WRITE_EXTERNAL_STORAGE", "MANAGE_EXTERNAL_STORAGE", "READ_MEDIA_IMAGES",
        "READ_MEDIA_VIDEO", "READ_MEDIA_AUDIO", "READ_MEDIA_VISUAL_USER_SELECTED",
    ),
}  # fmt: skip
WORDS: Mapping[str, str] = {
    "CALENDAR": "日历", "CALL_LOG": "通话记录", "CAMERA": "相机", "CONTACTS": "通讯录", "LOCATION": "位置",
    "MICROPHONE": "麦克风", "PHONE": "电话", "SENSORS": "传感器", "SMS": "短信", "STORAGE": "存储",
}  # fmt: skip
# protectionLevel signature or privileged in the platform's manifest: no application from a store is granted them.
PRIVILEGED = frozenset((
    "INSTALL_PACKAGES", "DELETE_PACKAGES", "WRITE_SECURE_SETTINGS", "READ_LOGS", "MASTER_CLEAR", "REBOOT", "SHUTDOWN",
    "DEVICE_POWER", "READ_PRIVILEGED_PHONE_STATE", "CAPTURE_AUDIO_OUTPUT", "READ_FRAME_BUFFER", "INJECT_EVENTS",
    "MOUNT_UNMOUNT_FILESYSTEMS", "CHANGE_COMPONENT_ENABLED_STATE", "CLEAR_APP_USER_DATA", "FORCE_STOP_PACKAGES",
))  # fmt: skip

_GROUP_OF = {PREFIX + p: group for group, all_ in GROUPS.items() for p in all_}


def group(permission: str) -> str:
    """ "" when the permission belongs to none of the ten groups."""
    return _GROUP_OF.get(permission, "")


def short(permission: str) -> str:
    return permission.removeprefix(PREFIX)


def full(name: str) -> str:
    """CAMERA → android.permission.CAMERA."""
    return name if "." in name else PREFIX + name


def by_group(permissions: Iterable[str]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for permission in permissions:
        if found := group(permission):
            out.setdefault(found, []).append(permission)
    return out
