"""Django's settings for one store. Shoppers never meet Django's pages; the merchant's admin is all it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar import defaults as oscar_defaults

from galleria.shop.engine import project as projects

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

    from galleria.shop.engine.project import Project

SESSION_SECONDS: Final = 12 * 3600

_OURS: Final = (
    "galleria.shop.engine.shelf.apps.ShelfConfig",
    "galleria.shop.engine.graphql.records.apps.RecordsConfig",
    "galleria.shop.engine.merchant.apps.MerchantConfig",
)

_MIDDLEWARE: Final = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)

_CACHED: Final = "django.template.loaders.cached.Loader"
_MENDED: Final = "galleria.shop.engine.merchant.mended_templates.Loader"
_CONTEXT: Final = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "django.template.context_processors.i18n",
    "oscar.apps.checkout.context_processors.checkout",
    "oscar.core.context_processors.metadata",
)


def django_settings(project: Project) -> dict[str, object]:
    """Return every setting of the Django project for ``project``."""
    oscar = {name: getattr(oscar_defaults, name) for name in dir(oscar_defaults) if name.startswith("OSCAR_")}
    return {
        **oscar,
        **_identity(project),
        **_storage(project),
        **_cookies(project),
        "GALLERIA": project,
        "INSTALLED_APPS": [*_OURS, *OSCAR_APPS],
        "MIDDLEWARE": list(_MIDDLEWARE),
        "ROOT_URLCONF": "galleria.shop.engine.urls",
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"context_processors": list(_CONTEXT), "loaders": [(_CACHED, [_MENDED])]},
            }
        ],
        "AUTHENTICATION_BACKENDS": ["oscar.apps.customer.auth_backends.EmailBackend"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}"}
            for name in ("MinimumLengthValidator", "CommonPasswordValidator")
        ],
        "HAYSTACK_CONNECTIONS": {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}},
        "LOGGING_CONFIG": None,
        "DEBUG": False,
        "SITE_ID": 1,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "USE_I18N": True,
        "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
        "LOGIN_URL": "/admin/login/",
        "LOGIN_REDIRECT_URL": "/admin/",
        "OSCAR_HOMEPAGE": "/admin/",
        "OSCAR_ALLOW_ANON_CHECKOUT": True,
        "OSCAR_EAGER_ALERTS": False,
        "OSCAR_SEND_REGISTRATION_EMAIL": False,
        "OSCAR_HIDDEN_FEATURES": ["search"],
        "OSCAR_DASHBOARD_NAVIGATION": _navigation(),
        **_order_statuses(),
    }


def _order_statuses() -> dict[str, object]:
    """Magento's words for how far an order is. ``Processing``: invoiced, which for offline payment means paid."""
    return {
        "OSCAR_INITIAL_ORDER_STATUS": "Pending",
        "OSCAR_INITIAL_LINE_STATUS": "Pending",
        "OSCAR_ORDER_STATUS_PIPELINE": {
            "Pending": ("Processing", "Complete", "Canceled"),
            "Processing": ("Complete", "Canceled"),
            "Complete": (),
            "Canceled": (),
        },
    }


def _identity(project: Project) -> dict[str, object]:
    return {
        "SECRET_KEY": project.secret_key.reveal(),
        "ALLOWED_HOSTS": [project.host],
        "CSRF_TRUSTED_ORIGINS": [project.public_url],
        "OSCAR_SHOP_NAME": project.store_name,
        "OSCAR_DEFAULT_CURRENCY": project.currency,
        "OSCAR_FROM_EMAIL": f"no-reply@{project.host}",
        "DEFAULT_FROM_EMAIL": f"no-reply@{project.host}",
        "LANGUAGE_CODE": project.locale.replace("_", "-").lower(),
    }


def _storage(project: Project) -> dict[str, object]:
    return {
        "DATABASES": {"default": projects.database(project)},
        "MEDIA_ROOT": str(project.media),
        "MEDIA_URL": "/media/",
        "STATIC_URL": "/static/",
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.AppDirectoriesFinder"],
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(project.data / "outbox"),
        "OSCAR_IMAGE_FOLDER": "catalog/product/uploads/",
        "OSCAR_MISSING_IMAGE_URL": "catalog/placeholder.jpg",
        "OSCAR_THUMBNAILER": "galleria.shop.engine.merchant.thumbnails.SamePicture",
    }


def _cookies(project: Project) -> dict[str, object]:
    encrypted = project.public_url.startswith("https://")
    name = project.store_id.replace("-", "_")
    return {
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
        "SESSION_COOKIE_NAME": f"{name}_merchant",
        "SESSION_COOKIE_PATH": "/admin",
        "SESSION_COOKIE_AGE": SESSION_SECONDS,
        "SESSION_COOKIE_SECURE": encrypted,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": f"{name}_merchant_csrf",
        "CSRF_COOKIE_PATH": "/admin",
        "CSRF_COOKIE_SECURE": encrypted,
        "CSRF_COOKIE_HTTPONLY": False,  # the dashboard's scripts send it back in a header
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
    }


def _navigation() -> list[dict[str, object]]:
    """Oscar's menu with what Galleria adds, each where a merchant looks for it."""
    added: dict[str, list[dict[str, object]]] = {  # by the first page of a menu: its name is not a text yet
        "dashboard:catalogue-product-list": [_entry("Attributes and swatches", "merchant:attributes")],
        "dashboard:users-index": [
            _entry("Messages", "merchant:messages"),
            _entry("Newsletter", "merchant:subscribers"),
        ],
        "dashboard:page-list": [_entry("Blocks", "merchant:blocks"), _entry("Theme", "merchant:theme")],
    }
    menu: list[dict[str, object]] = []
    for entry in oscar_defaults.OSCAR_DASHBOARD_NAVIGATION:
        pages = entry.get("children", [])
        more = added.get(pages[0]["url_name"], []) if pages else []
        menu.append({**entry, "children": [*pages, *more]} if more else dict(entry))
    settings = [
        _entry("Shop", "merchant:settings"),
        _entry("Taxes", "merchant:taxes"),
        _entry("Shipping methods", "merchant:shipping-methods"),
    ]
    imports = {**_entry("Imports", "merchant:imports"), "icon": "fas fa-file-import"}
    return [*menu, imports, {"label": "Settings", "icon": "fas fa-sliders-h", "children": settings}]


def _entry(label: str, url_name: str) -> dict[str, object]:
    return {"label": label, "url_name": url_name, "access_fn": _is_staff}


def _is_staff(user: AbstractUser, *_place: object, **_named: object) -> bool:
    return user.is_staff
